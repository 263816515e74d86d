import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { messageOf, systemCodeOf } from "../../base/errors.ts";
import { DownloadFailure } from "./failure.ts";
import { type FileSize, fitsSize } from "./file-size.ts";
import { sizeFailure } from "./judge-answer.ts";
import { openPartial, type PartialFile } from "./partial-file.ts";
import type { DownloadJob } from "./request.ts";

const CHUNK_BYTES = 1024 * 1024;

/** A `file:` address: the same file with the same proof, from a disk. */
export function copyFromDisk(job: DownloadJob): string {
  const { descriptor: source, sizeBytes } = openSource(fileURLToPath(job.url), job);
  try {
    const part = openPartial(job);
    try {
      return copy({ source, sizeBytes }, part, job);
    } finally {
      part.close();
    }
  } finally {
    closeSync(source);
  }
}

function copy(
  { source, sizeBytes }: { source: number; sizeBytes: number },
  part: PartialFile,
  job: DownloadJob,
): string {
  part.restart(undefined);
  const chunk = new Uint8Array(CHUNK_BYTES);
  while (part.sizeBytes < sizeBytes) {
    job.signal.throwIfAborted();
    const count = readSync(source, chunk, 0, chunk.length, part.sizeBytes);
    if (count === 0) throw sizeFailure(`${part.sizeBytes} bytes`, { sizeBytes });
    part.append(chunk.subarray(0, count));
    const progress = { receivedBytes: part.sizeBytes, totalBytes: sizeBytes };
    job.onProgress({ ...progress, attempt: 1, resumedFrom: 0 });
  }
  const actual = part.sha256();
  if (actual === job.sha256) return part.finish();
  const bad = part.quarantine();
  throw new DownloadFailure("wrong digest", `it has SHA-256 ${actual}, not ${job.sha256}`, {
    hint: `do not use it; a copy is kept as ${bad}`,
  });
}

function openSource(path: string, size: FileSize): { descriptor: number; sizeBytes: number } {
  const descriptor = openOrExplain(path);
  const found = fstatSync(descriptor);
  if (found.isFile() && fitsSize(size, found.size)) return { descriptor, sizeBytes: found.size };
  closeSync(descriptor);
  if (found.isFile()) throw sizeFailure(`${found.size} bytes`, size);
  throw notAFile(path);
}

export function notAFile(path: string): DownloadFailure {
  return new DownloadFailure("not found", `${path} is not a file`, {
    hint: "name a folder with the release's files in STIGMER_DOWNLOAD_BASE_URL",
  });
}

export function openOrExplain(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const isMissing = systemCodeOf(error) === "ENOENT";
    throw new DownloadFailure(isMissing ? "not found" : "disk", messageOf(error), {
      hint: isMissing ? `put the release's file at ${path}` : `make ${path} readable`,
      cause: error,
    });
  }
}
