import {
  closeSync,
  constants,
  copyFileSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";

import { type Owner, syncFolder, writeDurably } from "../../base/durable-file.ts";
import { systemCodeOf } from "../../base/errors.ts";
import { requireSpace } from "../disk.ts";
import type { Installation } from "./installation.ts";

const CANNOT_LINK = new Set(["EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"]);

/**
 * What a change that was cut off left beside the program: half a new file, or the second name of the old one, which is
 * the earlier version when the new one had already taken its place, and the last that works where nothing is in its
 * place. Whoever calls holds the lock.
 */
export function sweepLeftovers({ path, fresh, kept, previous, folder }: Installation): void {
  for (const scratch of [fresh, copyOf(fresh), copyOf(kept)]) rmSync(scratch, { force: true });
  const left = lstatSync(kept, { throwIfNoEntry: false });
  if (!left) return;
  const used = statSync(path, { throwIfNoEntry: false });
  if (!used) renameSync(kept, path);
  else if (used.ino !== left.ino || used.dev !== left.dev) renameSync(kept, previous);
  rmSync(kept, { force: true });
  syncFolder(folder);
}

/** The new program beside the old one, on the same file system, with the old one's mode and owner. */
export function writeFresh(
  { path, fresh, folder }: Installation,
  program: Uint8Array<ArrayBuffer>,
): void {
  requireSpace(folder, program.length, "free some space; the file that was in use stays in use");
  const { mode, uid, gid } = statSync(path);
  writeDurably(fresh, program, mode & 0o777, isRoot() ? { uid, gid } : undefined);
}

/**
 * What root changes for a person stays that person's. In a folder of theirs a name may lead to any file by the time
 * that it is given away: only an open file of our own, without a second name, is.
 */
export function giveToOwner(file: string, { uid, gid }: Owner): void {
  if (!isRoot()) return;
  const descriptor = openSync(
    file,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const found = fstatSync(descriptor);
    if (found.isFile() && found.nlink === 1 && found.uid === 0) fchownSync(descriptor, uid, gid);
  } finally {
    closeSync(descriptor);
  }
}

/** Only root can give a file away. */
function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** A second name for the same file; a copy where the file system knows no such thing. */
export function giveSecondName(from: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if (!CANNOT_LINK.has(systemCodeOf(error) ?? "")) throw error;
    copyDurably(from, to);
  }
}

/** Half a copy must not look like the program that it will be. */
function copyDurably(from: string, to: string): void {
  const scratch = copyOf(to);
  rmSync(scratch, { force: true });
  copyFileSync(from, scratch, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const descriptor = openSync(scratch, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  giveToOwner(scratch, statSync(from));
  renameSync(scratch, to);
}

function copyOf(path: string): string {
  return `${path}.copy`;
}
