import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
} from "node:fs";
import { dirname } from "node:path";

import { messageOf, systemCodeOf } from "../base/errors.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { RunnerExpectation } from "./runner-file.ts";
import { type FileStamp, isSameStamp, stampOf } from "./stamp.ts";

const WRITABLE_BY_OTHERS = 0o022n;

export type Verdict =
  /** `stamp` is what the file system says of a file that was hashed just now, once it is old enough to be believed. */
  | { verdict: "good"; stamp?: FileStamp | undefined }
  | { verdict: "missing" }
  /** Something is there that must not be run. */
  | { verdict: "bad"; reason: string };

/** What the file must be, and what the file system said of it when it was last found to be that. */
export type Expected = Pick<RunnerExpectation, "sha256" | "size"> & {
  readonly stamp?: FileStamp | undefined;
};

/**
 * The one test of an agent-runner on disk, asked before the lock is taken, after it, and by `runner verify`: a
 * regular file of this user that nobody else can write or replace, with the right size and the right SHA-256. A file
 * whose stamp is still the one of its last hashing is believed to be the same, unless the test is to be thorough.
 */
export function judgeFile(
  path: string,
  expected: Expected,
  { thorough }: { thorough: boolean },
): Verdict {
  try {
    return judge(path, thorough ? { ...expected, stamp: undefined } : expected);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { verdict: "missing" };
    return { verdict: "bad", reason: `cannot be read: ${messageOf(error)}` };
  }
}

function judge(path: string, expected: Expected): Verdict {
  const folder = lstatSync(dirname(path), { bigint: true });
  const found = lstatSync(path, { bigint: true });
  const reason = faultOfFolder(folder) ?? faultOf(found, expected.size);
  if (reason !== undefined) return { verdict: "bad", reason };
  const stamp = stampOf(found, Date.now());
  if (isSameStamp(stamp, expected.stamp)) return { verdict: "good" };
  const wrong = faultOfContent(path, found, expected.sha256);
  return wrong === undefined ? { verdict: "good", stamp } : { verdict: "bad", reason: wrong };
}

/** Who may write a folder may put another file into it between the test and the start. */
function faultOfFolder(found: BigIntStats): string | undefined {
  if (!found.isDirectory()) return `is in a ${kindOf(found)}, not a directory`;
  const fault = faultOfOwner(found);
  return fault && `is in a folder that ${fault}`;
}

function faultOf(found: BigIntStats, size: number): string | undefined {
  if (!found.isFile()) return `is a ${kindOf(found)}, not a regular file`;
  const fault = faultOfOwner(found);
  if (fault !== undefined) return fault;
  if (found.size !== BigInt(size)) return `has ${found.size} bytes instead of ${size}`;
  return undefined;
}

function faultOfOwner(found: BigIntStats): string | undefined {
  if (Number(found.uid) !== process.geteuid?.()) {
    return `belongs to another user (uid ${found.uid})`;
  }
  if ((found.mode & WRITABLE_BY_OTHERS) === 0n) return undefined;
  return `can be written by others (mode ${(found.mode & 0o777n).toString(8)})`;
}

function faultOfContent(path: string, found: BigIntStats, sha256: string): string | undefined {
  // Neither follows a link nor waits on a FIFO that took the file's place after the look above.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(path, flags);
  try {
    if (fstatSync(descriptor, { bigint: true }).ino !== found.ino) {
      return "was replaced while it was checked";
    }
    const actual = sha256Hex(readFileSync(descriptor));
    return actual === sha256 ? undefined : `has SHA-256 ${actual} instead of ${sha256}`;
  } finally {
    closeSync(descriptor);
  }
}

function kindOf(found: BigIntStats): string {
  if (found.isSymbolicLink()) return "symbolic link";
  if (found.isDirectory()) return "directory";
  if (found.isFile()) return "file";
  if (found.isFIFO()) return "FIFO";
  if (found.isSocket()) return "socket";
  return "device";
}
