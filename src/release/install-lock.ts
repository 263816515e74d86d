import { mkdirSync } from "node:fs";

import { type FileLock, lock } from "../base/file-lock.ts";
import type { Paths } from "../base/paths.ts";
import { explainDiskError } from "./disk.ts";
import { lockPath } from "./layout.ts";
import { readLockTimeoutMs } from "./lock-timeout.ts";

/** The lock under which anything below `runners/` is changed. */
async function holdInstallLock(paths: Paths, options: InstallOptions): Promise<FileLock> {
  const { environment = process.env, onProgress = () => {}, waitMs, signal } = options;
  const timeoutMs = waitMs ?? readLockTimeoutMs(environment);
  try {
    mkdirSync(paths.runners, { recursive: true, mode: 0o700 });
    return await lock(lockPath(paths), {
      timeoutMs,
      ...(signal && { signal }),
      onWait: (holder) => {
        const who = holder ? `process ${holder.pid}` : "another process";
        onProgress(`waiting for ${who} to install the agent-runner`);
      },
    });
  } catch (error) {
    throw explainDiskError(error, paths.runners);
  }
}

export interface InstallOptions {
  readonly onProgress?: (message: string) => void;
  /** Where settings are read from; the process's own unless given. */
  readonly environment?: Record<string, string | undefined>;
  /** How long to wait for another process that installs; unless given, what STIGMER_LOCK_TIMEOUT says. */
  readonly waitMs?: number;
  /** Calls the waiting and a download off. */
  readonly signal?: AbortSignal;
}

/** Does the work alone, and says in a sentence what the disk refused. */
export async function underInstallLock<T>(
  paths: Paths,
  options: InstallOptions,
  work: () => Promise<T>,
): Promise<T> {
  const held = await holdInstallLock(paths, options);
  try {
    return await work();
  } catch (error) {
    throw explainDiskError(error, paths.runners);
  } finally {
    held.release();
  }
}
