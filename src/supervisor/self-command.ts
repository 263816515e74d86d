import { join } from "node:path";

import { ownExecutable } from "../base/process-executable.ts";

/** How this very program is started again: the compiled file, or Bun with the entry point of the source tree. */
export function selfCommand(): string[] {
  if (Bun.isStandaloneExecutable) return [ownExecutable()];
  return [process.execPath, join(import.meta.dir, "..", "multicall", "main.ts")];
}
