import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Whose a file is. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Creates a file that was not there, with this very mode whatever the umask, and waits until the disk has it. `owner`
 * is for root, who alone can give a file away.
 */
export function writeDurably(
  path: string,
  content: string | Uint8Array,
  mode: number,
  owner?: Owner,
): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const descriptor = openSync(path, flags, 0o600);
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(descriptor, bytes, written, bytes.length - written);
    }
    // Before the mode, of which a change of owner takes bits away.
    if (owner) fchownSync(descriptor, owner.uid, owner.gid);
    fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts a file in the place of another, if there is one: under its name it is only ever seen whole. */
export function replaceDurably(path: string, content: string | Uint8Array, mode: number): void {
  placeDurably({ path, content, mode }, renameSync);
}

/** As `replaceDurably`, but throws EEXIST where a file is already: of two makers one wins. */
export function createDurably(path: string, content: string | Uint8Array, mode: number): void {
  placeDurably({ path, content, mode }, linkSync);
}

function placeDurably(
  file: { path: string; content: string | Uint8Array; mode: number },
  place: (scratch: string, path: string) => void,
): void {
  const { path, content, mode } = file;
  const scratch = `${path}.${process.pid}.tmp`;
  rmSync(scratch, { force: true });
  try {
    writeDurably(scratch, content, mode);
    place(scratch, path);
  } finally {
    rmSync(scratch, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder survive a loss of power. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
