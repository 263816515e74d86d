import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

import { StigmerError } from "./errors.ts";
import { kindOf } from "./regular-file.ts";

const CHUNK_BYTES = 64 * 1024;
const MEBIBYTE = 1024 * 1024;
/** What a shell makes of `<(…)` and of a redirected input: open already, so that nobody waits for a writer. */
const OPEN_DESCRIPTOR = /^\/(dev\/(stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/**
 * The text of a file that a person wrote. A pipe without a writer, a device without an end and a file beyond the limit
 * are refused at once; what the operating system refuses is thrown as it is.
 */
export function readSmallFile(path: string, bytesMax: number): string {
  const status = statSync(path);
  const isOpen = OPEN_DESCRIPTOR.test(path) && (status.isFIFO() || status.isSocket());
  if (!status.isFile() && !isOpen) throw noFile(path, status);
  const descriptor = openSync(path, "r");
  try {
    if (fstatSync(descriptor).size > bytesMax) throw tooLarge(`"${path}"`, bytesMax);
    return readUpTo(descriptor, path, bytesMax);
  } finally {
    closeSync(descriptor);
  }
}

/** Counted as it comes: the system's own files have no size, and one may grow while it is read. */
function readUpTo(descriptor: number, path: string, bytesMax: number): string {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks).toString();
    sizeBytes += count;
    if (sizeBytes > bytesMax) throw tooLarge(`"${path}"`, bytesMax);
    chunks.push(chunk.subarray(0, count));
  }
}

function noFile(path: string, status: Stats): StigmerError {
  return new StigmerError("invalid_input", `"${path}" is ${kindOf(status)}, not a file`);
}

export function tooLarge(what: string, bytesMax: number): StigmerError {
  const limit = bytesMax < MEBIBYTE ? `${bytesMax} bytes` : `${bytesMax / MEBIBYTE} MiB`;
  return new StigmerError("invalid_input", `${what} is larger than ${limit}`, {
    hint: "keep large data elsewhere and say where it is",
  });
}
