import { messageOf, StigmerError, systemCodeOf } from "./errors.ts";

/** It is full, read-only, broken, or somebody else's: no other try helps before a person has mended that. */
const NEEDS_MENDING =
  /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM|ENOTDIR|(?:ERR_FS_)?EISDIR|SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH).*)$/;

/** What the disk refuses, as an error for a person; undefined for any other error. */
export function explainDisk(error: unknown): StigmerError | undefined {
  if (!NEEDS_MENDING.test(systemCodeOf(error) ?? "")) return undefined;
  return new StigmerError("failed", messageOf(error), {
    hint: "see that the disk of STIGMER_HOME is there, has room and can be written",
    cause: error,
  });
}
