import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { StigmerError } from "../base/errors.ts";
import { type FileLock, isLocked, lock, lockHolder, LockTimedOut } from "../base/file-lock.ts";
import { hasOpen, kernelLockHolders } from "../base/open-files.ts";
import type { Paths } from "../base/paths.ts";
import { makePrivateFolder } from "../base/private-folder.ts";
import { identityOf, isSameProcess, ProcessIdentity } from "../base/process-identity.ts";
import { readSmallFile } from "../base/read-small-file.ts";

/** Who only looks whether the lock is held has it for a moment; that must not stop a server from starting. */
const LOOKERS_MS = 1_000;
const HINT_BYTES_MAX = 64 * 1024;

/** How the log line begins that says why a server did not start. */
export const START_FAILED = "the server could not start: ";

/** Where the server says it is. A hint: the lock alone tells whether it runs. */
export const ServerHint = ProcessIdentity.extend({
  url: z.url(),
  version: z.string(),
  /** Which build of that version; older ones do not say. */
  build: z.string().optional(),
  startedAt: z.iso.datetime({ offset: true }),
});
export type ServerHint = z.infer<typeof ServerHint>;

/** Takes the lock that a server holds for life. */
export async function holdServerLock(paths: Paths): Promise<FileLock> {
  makePrivateFolder(paths.run);
  try {
    return await lock(lockPath(paths), { timeoutMs: LOOKERS_MS });
  } catch (cause) {
    if (!(cause instanceof LockTimedOut)) throw cause;
    throw new StigmerError("conflict", `a server already runs on ${paths.home}`, {
      hint: "see `stigmer server status`, or end it with `stigmer server stop`",
      cause,
    });
  }
}

export function isServerLockHeld(paths: Paths): boolean {
  return isLocked(lockPath(paths));
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
    return ServerHint.parse(JSON.parse(readSmallFile(hintPath(paths), HINT_BYTES_MAX)));
  } catch {
    return undefined;
  }
}

/** Puts the hint back when somebody damaged or replaced it; answers whether that was done. */
export function keepServerHint(paths: Paths, hint: ServerHint): boolean {
  const found = readServerHint(paths);
  if (found && JSON.stringify(found) === JSON.stringify(ServerHint.parse(hint))) return false;
  try {
    writeServerHint(paths, hint);
    return true;
  } catch {
    // A full disk: the next look tries again.
    return false;
  }
}

/** A leaving server takes its own hint along, never that of a successor. */
export function removeServerHint(paths: Paths, own: ProcessIdentity): void {
  if (readServerHint(paths)?.startTime === own.startTime) rmSync(hintPath(paths), { force: true });
}

/** Forgets a server that was killed: nothing runs any more. Where the disk does not let go of the hint it stays. */
export function dropStaleHint(paths: Paths): void {
  const hint = readServerHint(paths);
  if (!hint || isSameProcess(hint)) return;
  try {
    // A server that starts this very moment and loses its own puts it back.
    removeServerHint(paths, hint);
  } catch {
    // A read-only disk: the hint says nothing that the lock does not deny.
  }
}

/**
 * The process that holds the server lock. Files can name anybody, also a stranger that got the number of a dead server:
 * nobody is believed to be the server who does not have its lock file open.
 */
export function serverProcess(paths: Paths): ProcessIdentity | undefined {
  const path = lockPath(paths);
  const isServer = (named: ProcessIdentity | undefined): named is ProcessIdentity =>
    named !== undefined && isSameProcess(named) && hasOpen(named.pid, path) !== false;
  const named = [lockHolder(path), readServerHint(paths)].find(isServer);
  if (named) return { pid: named.pid, startTime: named.startTime };
  const others = kernelLockHolders(path).filter((pid) => pid !== process.pid);
  return others.map(identityOf).find(isServer);
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
