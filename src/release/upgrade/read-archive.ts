import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

import { messageOf, StigmerError } from "../../base/errors.ts";
import { sha256Hex } from "../../base/sha256.ts";

/** Far more than any release needs. */
export const ARCHIVE_BYTES_MAX = 500_000_000;

/**
 * The bytes of an archive, read once: what has this digest in memory is what is unpacked, whatever becomes of the file.
 * That it was right on disk a moment ago proves nothing, for others may write there.
 */
export function readArchive(file: string, sha256: string): Buffer<ArrayBuffer> {
  const bytes = read(file);
  if (sha256Hex(bytes) === sha256) return bytes;
  throw changed(file, "it is not the one that was checked");
}

function read(file: string): Buffer<ArrayBuffer> {
  let descriptor;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw changed(file, messageOf(cause), cause);
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw changed(file, "it is no regular file");
    if (found.size > ARCHIVE_BYTES_MAX) throw changed(file, `it has ${found.size} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function changed(file: string, how: string, cause?: unknown): StigmerError {
  return new StigmerError(
    "checksum_mismatch",
    `${file} was changed after it was downloaded: ${how}`,
    {
      hint: "see who else writes there, then run the command again; nothing of it was run",
      cause,
    },
  );
}
