import { mkdirSync } from "node:fs";

import { messageOf, StigmerError } from "./errors.ts";

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
