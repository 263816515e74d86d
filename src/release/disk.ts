import { statfsSync } from "node:fs";

import { diskTrouble } from "../base/disk-error.ts";
import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";

const SPARE_BYTES = 1024 * 1024;

/** Better to say so before than half way. */
export function requireSpace(folder: string, sizeBytes: number, hint: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const needed = sizeBytes + SPARE_BYTES;
  if (free >= needed) return;
  throw new StigmerError("failed", `${folder} has ${free} bytes free, ${needed} are needed`, {
    hint,
  });
}

const UNKNOWN = { what: "the operating system refuses it", mend: "see what lies there" };

/** What the operating system refused, in a sentence. Other errors pass unchanged. */
export function explainDiskError(error: unknown, folder: string): unknown {
  const code = systemCodeOf(error) ?? "";
  if (error instanceof StigmerError || !/^E[A-Z0-9]+$/.test(code)) return error;
  const { what, mend } = diskTrouble(error) ?? UNKNOWN;
  return new StigmerError("failed", `cannot install the agent-runner in ${folder}: ${what}`, {
    hint: `${mend}, or set STIGMER_HOME to another folder (${messageOf(error)})`,
    cause: error,
  });
}
