import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from "node:fs";

import { StigmerError } from "./errors.ts";

/**
 * Opens a file that this program keeps, with the flags of `open(2)`. What else lies in its place is refused by name: a pipe
 * would keep its opener waiting for ever, a device has no end, and a link leads to a file of somebody else's.
 */
export function openRegularFile(path: string, flags: number, mode = 0o600): number {
  const descriptor = openAtOnce(path, flags, mode);
  const found = fstatSync(descriptor);
  if (found.isFile()) return descriptor;
  closeSync(descriptor);
  throw inTheWay(path, found);
}

/** The whole content of such a file. */
export function readRegularFile(path: string): Buffer {
  const descriptor = openRegularFile(path, constants.O_RDONLY);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openAtOnce(path: string, flags: number, mode: number): number {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode);
  } catch (error) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    throw found && !found.isFile() ? inTheWay(path, found) : error;
  }
}

function inTheWay(path: string, found: Stats): StigmerError {
  return new StigmerError("failed", `${path} is ${kindOf(found)}, not a file`, {
    hint: "move it away: a file is made in its place",
  });
}

/** What something is that is no file. */
export function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isSymbolicLink()) return "a link";
  if (found.isFIFO()) return "a pipe";
  return found.isSocket() ? "a socket" : "a device";
}
