import { existsSync, rmSync, statSync } from "node:fs";

import { lock, tryLock } from "../../base/file-lock.ts";
import { readLockTimeoutMs } from "../lock-timeout.ts";
import { explainTrouble } from "./explain-trouble.ts";
import type { Installation } from "./installation.ts";
import { giveToOwner, sweepLeftovers } from "./program-files.ts";

export interface LockOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A sentence about a wait. */
  readonly onNotice: (message: string) => void;
}

/** Changes the program alone, with what an earlier change left behind cleaned up. */
export async function underUpgradeLock<T>(
  installation: Installation,
  { environment, onNotice }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { lock: path, folder } = installation;
  try {
    const held = await lock(path, {
      timeoutMs: readLockTimeoutMs(environment),
      onWait: (holder) => {
        const who = holder ? `process ${holder.pid}` : "another process";
        onNotice(`waiting for ${who}, which changes the same file`);
      },
    });
    try {
      giveToOwner(path, statSync(folder));
      sweepLeftovers(installation);
      return await work();
    } finally {
      // Whatever went wrong while it was written or tried.
      rmSync(installation.fresh, { force: true });
      held.release();
    }
  } catch (error) {
    throw explainTrouble(error, folder);
  }
}

/** Cleans up after a change that was cut off, where there is something to clean up and nobody is at work. */
export function sweepIfIdle(installation: Installation): void {
  const { fresh, kept, folder } = installation;
  if (!existsSync(fresh) && !existsSync(kept)) return;
  try {
    const held = tryLock(installation.lock);
    if (held) sweepLeftovers(installation);
    held?.release();
  } catch (error) {
    throw explainTrouble(error, folder);
  }
}
