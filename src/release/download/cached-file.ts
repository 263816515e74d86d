import { closeSync, constants, fstatSync, openSync, renameSync, rmSync } from "node:fs";

import { systemCodeOf } from "../../base/errors.ts";
import { type FileSize, fitsSize } from "./file-size.ts";
import { hashFile } from "./hash-file.ts";
import { placesOf } from "./places.ts";

interface Wanted extends FileSize {
  readonly folder: string;
  readonly sha256: string;
}

/** The file of an earlier download, or one that a person put there: a regular file of the right size and digest. */
export function findCached(wanted: Wanted): string | undefined {
  const { done } = placesOf(wanted);
  return judge(done, wanted) === "good" ? done : undefined;
}

/** Moves a file that is not what its name says out of the way. For who holds the lock. */
export function dropBadCached(wanted: Wanted): void {
  const { done, bad } = placesOf(wanted);
  if (judge(done, wanted) !== "bad") return;
  rmSync(bad, { force: true, recursive: true });
  renameSync(done, bad);
}

function judge(path: string, wanted: Wanted): "good" | "bad" | "missing" {
  let descriptor;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(path, flags);
  } catch (error) {
    return systemCodeOf(error) === "ENOENT" ? "missing" : "bad";
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || !fitsSize(wanted, found.size)) return "bad";
    return hashFile(descriptor).hasher.digest("hex") === wanted.sha256 ? "good" : "bad";
  } finally {
    closeSync(descriptor);
  }
}
