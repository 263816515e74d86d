import { statfsSync } from "node:fs";

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

const EXPLANATIONS: Readonly<Record<string, { what: string; hint: string }>> = {
  ENOSPC: {
    what: "the disk is full",
    hint: "free some space, or move STIGMER_HOME to another disk",
  },
  EDQUOT: { what: "the disk quota is used up", hint: "free some space, or move STIGMER_HOME" },
  EFBIG: {
    what: "no file may be that large",
    hint: "raise the limit (`ulimit -f`)",
  },
  EROFS: {
    what: "the file system is read-only",
    hint: "set STIGMER_HOME to a folder that can be written",
  },
  EACCES: {
    what: "this user may not write there",
    hint: "mend the owner or the mode, or set STIGMER_HOME",
  },
  EPERM: {
    what: "this user may not write there",
    hint: "mend the owner or the mode, or set STIGMER_HOME",
  },
  EEXIST: {
    what: "a file is where a folder belongs",
    hint: "move that file away, or set STIGMER_HOME",
  },
  ENOENT: {
    what: "the folder cannot be made",
    hint: "look where STIGMER_HOME and the links on the way to it lead",
  },
  ELOOP: {
    what: "its links lead in a circle",
    hint: "remove one of them, or set STIGMER_HOME",
  },
  ENOTDIR: {
    what: "a file is where a folder belongs",
    hint: "move that file away, or set STIGMER_HOME",
  },
};

const UNKNOWN = {
  what: "the operating system refuses it",
  hint: "see what lies there, or set STIGMER_HOME to another folder",
};

/** What the operating system refused, in a sentence. Other errors pass unchanged. */
export function explainDiskError(error: unknown, folder: string): unknown {
  const code = systemCodeOf(error) ?? "";
  const explanation = EXPLANATIONS[code] ?? UNKNOWN;
  if (error instanceof StigmerError || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new StigmerError(
    "failed",
    `cannot install the agent-runner in ${folder}: ${explanation.what}`,
    {
      hint: `${explanation.hint} (${messageOf(error)})`,
      cause: error,
    },
  );
}
