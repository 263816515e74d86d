import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from "node:fs";

import { messageOf, systemCodeOf } from "../base/errors.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { RunnerExpectation } from "./runner-file.ts";

const WRITABLE_BY_OTHERS = 0o022;

export type Verdict =
  | { verdict: "good" }
  | { verdict: "missing" }
  /** Something is there that must not be run. */
  | { verdict: "bad"; reason: string };

/**
 * The one test of an agent-runner on disk, asked before the lock is taken, after it, and by `runner verify`: a
 * regular file of this user that nobody else can write, with the right size and the right SHA-256. The whole file
 * is hashed each time; that costs about a millisecond, and time stamps can be forged.
 */
export function judgeFile(
  path: string,
  expected: Pick<RunnerExpectation, "sha256" | "size">,
): Verdict {
  try {
    const found = lstatSync(path);
    const reason = faultOf(found, expected.size) ?? faultOfContent(path, found, expected.sha256);
    return reason === undefined ? { verdict: "good" } : { verdict: "bad", reason };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { verdict: "missing" };
    return { verdict: "bad", reason: `cannot be read: ${messageOf(error)}` };
  }
}

function faultOf(found: Stats, size: number): string | undefined {
  if (!found.isFile()) return `is a ${kindOf(found)}, not a regular file`;
  if (found.uid !== process.geteuid?.()) return `belongs to another user (uid ${found.uid})`;
  if ((found.mode & WRITABLE_BY_OTHERS) !== 0) {
    return `can be written by others (mode ${(found.mode & 0o777).toString(8)})`;
  }
  if (found.size !== size) return `has ${found.size} bytes instead of ${size}`;
  return undefined;
}

function faultOfContent(path: string, found: Stats, sha256: string): string | undefined {
  // Neither follows a link nor waits on a FIFO that took the file's place after the look above.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(path, flags);
  try {
    if (fstatSync(descriptor).ino !== found.ino) return "was replaced while it was checked";
    const actual = sha256Hex(readFileSync(descriptor));
    return actual === sha256 ? undefined : `has SHA-256 ${actual} instead of ${sha256}`;
  } finally {
    closeSync(descriptor);
  }
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return "symbolic link";
  if (found.isDirectory()) return "directory";
  if (found.isFIFO()) return "FIFO";
  if (found.isSocket()) return "socket";
  return "device";
}
