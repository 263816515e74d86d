import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { StigmerError } from "../base/errors.ts";
import { type FileLock, lock, lockHolder, tryLock } from "../base/file-lock.ts";
import type { Paths } from "../base/paths.ts";
import { makePrivateFolder } from "../base/private-folder.ts";
import { isSameProcess, ProcessIdentity } from "../base/process-identity.ts";

/** Who only looks whether the lock is held has it for a moment; that must not stop a server from starting. */
const LOOKERS_MS = 1_000;

/** Where the server says it is. A hint: the lock alone tells whether it runs. */
export const ServerHint = ProcessIdentity.extend({
  url: z.url(),
  version: z.string(),
  startedAt: z.iso.datetime({ offset: true }),
});
export type ServerHint = z.infer<typeof ServerHint>;

/** Takes the lock that a server holds for life. */
export async function holdServerLock(paths: Paths): Promise<FileLock> {
  makePrivateFolder(paths.run);
  try {
    return await lock(lockPath(paths), { timeoutMs: LOOKERS_MS });
  } catch (cause) {
    if (!(cause instanceof StigmerError)) throw cause;
    throw new StigmerError("conflict", `a server already runs on ${paths.home}`, {
      hint: "see `stigmer server status`, or end it with `stigmer server stop`",
      cause,
    });
  }
}

export function isServerLockHeld(paths: Paths): boolean {
  try {
    const free = tryLock(lockPath(paths));
    free?.release();
    return free === undefined;
  } catch {
    // No run folder: no server has ever started here.
    return false;
  }
}

/** Replaces the hint in one step, so that nobody ever reads half of it. */
export function writeServerHint(paths: Paths, hint: ServerHint): void {
  const scratch = `${hintPath(paths)}.${process.pid}`;
  writeFileSync(scratch, `${JSON.stringify(hint)}\n`, { mode: 0o600 });
  renameSync(scratch, hintPath(paths));
}

/** The hint as it was left; undefined when there is none or when it is not a hint. */
export function readServerHint(paths: Paths): ServerHint | undefined {
  try {
    return ServerHint.parse(JSON.parse(readFileSync(hintPath(paths), "utf8")));
  } catch {
    return undefined;
  }
}

/** A leaving server takes its own hint along, never that of a successor. */
export function removeServerHint(paths: Paths, own: ProcessIdentity): void {
  if (readServerHint(paths)?.startTime === own.startTime) rmSync(hintPath(paths), { force: true });
}

/** The process that holds the server lock, as far as the hint or the lock file name one that is alive. */
export function serverProcess(paths: Paths): ProcessIdentity | undefined {
  return [readServerHint(paths), lockHolder(lockPath(paths))].find(
    (named) => named !== undefined && isSameProcess(named),
  );
}

/** Whether that process still has the lock; a dead one keeps it until the kernel has cleaned up after it. */
export function hasServerLock(paths: Paths, server: ProcessIdentity): boolean {
  return isServerLockHeld(paths) && lockHolder(lockPath(paths))?.startTime === server.startTime;
}

function lockPath(paths: Paths): string {
  return join(paths.run, "server.lock");
}

function hintPath(paths: Paths): string {
  return join(paths.run, "server.json");
}
