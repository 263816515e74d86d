import { mkdirSync } from "node:fs";

import { type FileLock, lock } from "../base/file-lock.ts";
import type { Paths } from "../base/paths.ts";
import { explainDiskError } from "./disk.ts";
import { lockPath } from "./layout.ts";

export const LOCK_MAX_MS = 300_000;

/** The lock under which anything below `runners/` is changed. */
export async function holdInstallLock(
  paths: Paths,
  timeoutMs: number,
  onProgress: (message: string) => void,
): Promise<FileLock> {
  try {
    mkdirSync(paths.runners, { recursive: true, mode: 0o700 });
    return await lock(lockPath(paths), {
      timeoutMs,
      onWait: (holder) => {
        const who = holder ? `process ${holder.pid}` : "another process";
        onProgress(`waiting for ${who} to install the agent-runner`);
      },
    });
  } catch (error) {
    throw explainDiskError(error, paths.runners);
  }
}
