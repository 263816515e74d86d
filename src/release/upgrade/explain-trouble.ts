import { messageOf, StigmerError, systemCodeOf } from "../../base/errors.ts";

const EXPLANATIONS: Readonly<Record<string, { what: string; hint: string }>> = {
  ENOSPC: { what: "the disk is full", hint: "free some space" },
  EDQUOT: { what: "the disk quota is used up", hint: "free some space" },
  EFBIG: { what: "no file may be that large", hint: "raise the limit (`ulimit -f`)" },
  EROFS: { what: "the file system is read-only", hint: "mount it for writing" },
  EACCES: { what: "this user may not write there", hint: "run it as the owner of the folder" },
  EPERM: { what: "this user may not write there", hint: "run it as the owner of the folder" },
  EIO: { what: "the disk does not work", hint: "look at the system's log" },
};

/** What the operating system refused, in a sentence. Other errors pass unchanged. */
export function explainTrouble(error: unknown, folder: string): unknown {
  const explanation = EXPLANATIONS[systemCodeOf(error) ?? ""];
  if (!explanation) return error;
  return new StigmerError("failed", `cannot change stigmer in ${folder}: ${explanation.what}`, {
    hint: `${explanation.hint}; the file that was in use stays in use (${messageOf(error)})`,
    cause: error,
  });
}
