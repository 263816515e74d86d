import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";

import { syncFolder, writeDurably } from "../../base/durable-file.ts";
import { StigmerError, systemCodeOf } from "../../base/errors.ts";
import type { Installation } from "./installation.ts";

const SPARE_BYTES = 1024 * 1024;
const CANNOT_LINK = new Set(["EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"]);

/**
 * What a change that was cut off left beside the program: half a new file, or the second name of the old one, which is
 * the earlier version when the new one had already taken its place. Whoever calls holds the lock.
 */
export function sweepLeftovers({ path, fresh, kept, previous, folder }: Installation): void {
  rmSync(fresh, { force: true });
  const left = lstatSync(kept, { throwIfNoEntry: false });
  if (!left) return;
  const used = statSync(path, { throwIfNoEntry: false });
  if (used && (used.ino !== left.ino || used.dev !== left.dev)) renameSync(kept, previous);
  rmSync(kept, { force: true });
  syncFolder(folder);
}

/** The new program beside the old one, on the same file system, with the old one's mode and owner. */
export function writeFresh(
  { path, fresh, folder }: Installation,
  program: Uint8Array<ArrayBuffer>,
): void {
  requireSpace(folder, program.length);
  const { mode, uid, gid } = statSync(path);
  writeDurably(fresh, program, mode & 0o777);
  giveToOwner(fresh, { uid, gid });
}

/** Only root can give a file away: what it changes for a person stays that person's. */
export function giveToOwner(file: string, { uid, gid }: { uid: number; gid: number }): void {
  if (process.geteuid?.() === 0) chownSync(file, uid, gid);
}

/** Better to say so before than half way. */
function requireSpace(folder: string, sizeBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const needed = sizeBytes + SPARE_BYTES;
  if (free >= needed) return;
  throw new StigmerError("failed", `${folder} has ${free} bytes free, ${needed} are needed`, {
    hint: "free some space; the file that was in use stays in use",
  });
}

/** A second name for the same file; a copy where the file system knows no such thing. */
export function giveSecondName(from: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if (!CANNOT_LINK.has(systemCodeOf(error) ?? "")) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const descriptor = openSync(to, constants.O_RDONLY);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}
