import { chmodSync, mkdirSync, statSync } from "node:fs";

import { messageOf, StigmerError } from "./errors.ts";

const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/** Makes a folder, and those above it, for this user alone. One that is there stays as it is. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StigmerError("failed", `${folder} can't be made: ${messageOf(cause)}`, {
      hint: "set STIGMER_HOME to a folder that you may write to",
      cause,
    });
  }
}

/**
 * Makes the home, and sees that it is this user's alone. Where others could have put something into it, it is refused, as
 * ssh does with its keys; where they could only look, they no longer can. Answers whether that was changed.
 */
export function makeHome(home: string): { wasOpen: boolean } {
  makePrivateFolder(home);
  const { uid, mode } = statSync(home);
  if (uid !== process.geteuid?.()) {
    throw new StigmerError("not_permitted", `${home} belongs to another user (uid ${uid})`, {
      hint: "set STIGMER_HOME to a folder of your own",
    });
  }
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    const octal = (mode & 0o777).toString(8);
    throw new StigmerError("not_permitted", `others may write to ${home} (mode ${octal})`, {
      hint: `see that all in it is yours, then: chmod 700 ${home}`,
    });
  }
  const wasOpen = (mode & OTHERS) !== 0;
  if (wasOpen) chmodSync(home, 0o700);
  return { wasOpen };
}
