import { messageOf, StigmerError, systemCodeOf } from "./errors.ts";

/** It is full, read-only, broken, in the way, or somebody else's: no other try helps before a person has mended that. */
const NEEDS_MENDING =
  /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM|ENOTDIR|EEXIST|ELOOP|EMFILE|(?:ERR_FS_)?EISDIR|SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH).*)$/;

/** What the disk refuses, as an error for a person; undefined for any other error. */
export function explainDisk(error: unknown): StigmerError | undefined {
  if (!NEEDS_MENDING.test(systemCodeOf(error) ?? "")) return undefined;
  const trouble = diskTrouble(error);
  const path = error instanceof Error && "path" in error ? error.path : undefined;
  const message =
    trouble && typeof path === "string" ? `${path} can't be used: ${trouble.what}` : undefined;
  return new StigmerError("failed", message ?? messageOf(error), {
    hint:
      trouble?.mend ?? "see that the disk of STIGMER_HOME is there, has room and can be written",
    cause: error,
  });
}

export interface DiskTrouble {
  readonly what: string;
  /** What mends it where it is. */
  readonly mend: string;
}

const SPACE = "free some space";
const RIGHTS = { what: "this user may not write there", mend: "mend the owner or the mode" };
const FILE_IN_THE_WAY = { what: "a file is where a folder belongs", mend: "move that file away" };

/** What the operating system refuses when a file is to be written, by its codes. */
const TROUBLES: ReadonlyMap<string, DiskTrouble> = new Map([
  ["ENOSPC", { what: "the disk is full", mend: SPACE }],
  ["EDQUOT", { what: "the disk quota is used up", mend: SPACE }],
  ["EFBIG", { what: "no file may be that large", mend: "raise the limit of `ulimit -f`" }],
  ["EMFILE", { what: "too many files are open", mend: "raise the limit of `ulimit -n`" }],
  ["EROFS", { what: "the file system is read-only", mend: "mount it for writing" }],
  ["EACCES", RIGHTS],
  ["EPERM", RIGHTS],
  ["ENOTDIR", FILE_IN_THE_WAY],
  ["EEXIST", FILE_IN_THE_WAY],
  ["EISDIR", { what: "a folder is where a file belongs", mend: "move that folder away" }],
  ["ELOOP", { what: "a link is in the way, or links lead in a circle", mend: "remove that link" }],
  ["ENOENT", { what: "the folder is gone, or cannot be made", mend: "look where its links lead" }],
  ["ENAMETOOLONG", { what: "the path is too long", mend: "choose a shorter one" }],
  ["EIO", { what: "the disk does not work", mend: "look at the system's log" }],
]);

/** The same in a few words, for a message that says where it was; undefined for an error that is none of the disk's. */
export function diskTrouble(error: unknown): DiskTrouble | undefined {
  return TROUBLES.get(systemCodeOf(error) ?? "");
}
