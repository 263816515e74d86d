import { readFileSync } from "node:fs";

import { messageOf, StigmerError, systemCodeOf } from "../src/base/errors.ts";

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string): Promise<string> {
  if (path === "-") return Bun.stdin.text();
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

export function cannotRead(path: string, cause: unknown): StigmerError {
  if (systemCodeOf(cause) === "ENOENT") {
    return new StigmerError("not_found", `there is no file "${path}"`, { cause });
  }
  return new StigmerError("failed", `"${path}" can't be read: ${messageOf(cause)}`, { cause });
}
