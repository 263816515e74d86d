import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

import { syncFolder } from "../../base/durable-file.ts";
import { systemCodeOf } from "../../base/errors.ts";
import { hashFile } from "./hash-file.ts";
import { type Places, placesOf } from "./places.ts";
import type { DownloadJob } from "./request.ts";
import { readValidator, writeValidator } from "./sidecar.ts";

/** Enough to tell a web page from a program. */
const HEAD_BYTES = 512;

/** The beginning of a file on disk, and the digest of all that it holds. The caller holds the download's lock. */
export interface PartialFile {
  readonly sizeBytes: number;
  /** What `If-Range` may say; undefined when the beginning cannot be continued. */
  readonly validator: string | undefined;
  append(chunk: Uint8Array): void;
  /** From nothing again; `validator` is the one of the bytes that will follow. */
  restart(validator: string | undefined): void;
  sha256(): string;
  head(): Uint8Array;
  /** Makes it the file that was asked for, for good. */
  finish(): string;
  /** Sets it aside: it is not what was asked for. */
  quarantine(): string;
  close(): void;
}

/** Opens what an earlier try left, and hashes it from its first byte: the digest vouches for old and new bytes alike. */
export function openPartial(job: DownloadJob): PartialFile {
  const places = placesOf(job);
  const descriptor = openOwnFile(places.part);
  let { sizeBytes, hasher } = hashFile(descriptor);
  let validator = readValidator(places.sidecar, job.url);
  const restart = (next: string | undefined): void => {
    ftruncateSync(descriptor, 0);
    writeValidator(places.sidecar, job.url, next);
    validator = next;
    sizeBytes = 0;
    hasher = new Bun.CryptoHasher("sha256");
  };
  // What may be whole is judged by its digest, any other beginning only continued when it is known what it is.
  const mayBeWhole = job.isSizeBound
    ? hasher.copy().digest("hex") === job.sha256
    : sizeBytes === job.sizeBytes;
  if (sizeBytes > job.sizeBytes || (!mayBeWhole && !validator)) restart(undefined);
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    get validator() {
      return validator;
    },
    append: (chunk) => {
      writeWholeAt(descriptor, chunk, sizeBytes);
      hasher.update(chunk);
      sizeBytes += chunk.length;
    },
    restart,
    sha256: () => hasher.copy().digest("hex"),
    head: () => readHead(descriptor),
    finish: () => finish(descriptor, places, job.folder),
    quarantine: () => quarantine(places),
    close: () => closeSync(descriptor),
  };
}

/** Never through a link, and nothing but a file of our own: what else lies there is removed. */
function openOwnFile(path: string): number {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    const descriptor = openSync(path, flags);
    const found = fstatSync(descriptor);
    if (found.isFile() && found.uid === process.geteuid?.() && found.nlink === 1) return descriptor;
    closeSync(descriptor);
  } catch (error) {
    const replaceable = ["ENOENT", "ELOOP", "EISDIR", "ENXIO", "EACCES", "EMLINK"];
    if (!replaceable.includes(systemCodeOf(error) ?? "")) throw error;
  }
  rmSync(path, { force: true, recursive: true });
  return openSync(path, flags | constants.O_CREAT | constants.O_EXCL, 0o600);
}

function writeWholeAt(descriptor: number, chunk: Uint8Array, position: number): void {
  for (let written = 0; written < chunk.length;) {
    const left = chunk.length - written;
    written += writeSync(descriptor, chunk, written, left, position + written);
  }
}

function readHead(descriptor: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  return head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
}

function finish(descriptor: number, places: Places, folder: string): string {
  fsyncSync(descriptor);
  renameSync(places.part, places.done);
  rmSync(places.sidecar, { force: true });
  syncFolder(folder);
  return places.done;
}

function quarantine(places: Places): string {
  rmSync(places.bad, { force: true, recursive: true });
  renameSync(places.part, places.bad);
  rmSync(places.sidecar, { force: true });
  return places.bad;
}
