import { closeSync, constants, ftruncateSync, writeSync } from "node:fs";

import { StigmerError } from "./errors.ts";
import { ownIdentity, ProcessIdentity } from "./process-identity.ts";
import { cLibrary } from "./process-library.ts";
import { openRegularFile, readRegularFile } from "./regular-file.ts";

const LOCK_EXCLUSIVE_NO_WAIT = 2 | 4;
const LOCK_SHARED_NO_WAIT = 1 | 4;
const EINTR = 4;
const EWOULDBLOCK = process.platform === "darwin" ? 35 : 11;
const POLL_MS = 25;
const SILENT_WAIT_MS = 1_000;

/** Somebody else kept a lock for longer than one may wait; whatever else is wrong with a lock is another error. */
export class LockTimedOut extends StigmerError {}

/** A lock that the kernel holds for this process and lets go when it dies, however it dies. */
export interface FileLock {
  release(): void;
}

/** The lock, or undefined when another process has it. The file stays for ever: deleting it would split the lock. */
export function tryLock(path: string): FileLock | undefined {
  const descriptor = openRegularFile(path, constants.O_RDWR | constants.O_CREAT);
  const error = cLibrary().flock(descriptor, LOCK_EXCLUSIVE_NO_WAIT);
  if (error === 0) {
    writeHolder(descriptor);
    return { release: closeOnce(descriptor) };
  }
  closeSync(descriptor);
  if (error === EWOULDBLOCK || error === EINTR) return undefined;
  throw new StigmerError("failed", `the file system of ${path} refuses locks (error ${error})`, {
    hint: "put STIGMER_HOME on a local file system",
  });
}

/** Whether another process has the lock. Only looks: makes no file, and leaves no name in one. */
export function isLocked(path: string): boolean {
  const descriptor = openToLook(path);
  if (descriptor === undefined) return false;
  try {
    return cLibrary().flock(descriptor, LOCK_SHARED_NO_WAIT) === EWOULDBLOCK;
  } finally {
    closeSync(descriptor);
  }
}

/** Undefined where nobody has ever taken the lock, and where something lies that nobody can lock. */
function openToLook(path: string): number | undefined {
  try {
    return openRegularFile(path, constants.O_RDONLY);
  } catch {
    return undefined;
  }
}

/** Waits for the lock, until `signal` says not to. `onWait` hears once, after a second, who has it. */
export async function lock(
  path: string,
  options: {
    timeoutMs: number;
    signal?: AbortSignal;
    onWait?: (holder: ProcessIdentity | undefined) => void;
  },
): Promise<FileLock> {
  const startedMs = performance.now();
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const held = tryLock(path);
    if (held) return held;
    const waitedMs = performance.now() - startedMs;
    if (waitedMs >= options.timeoutMs) throw timedOut(path, options.timeoutMs);
    if (!told && waitedMs >= SILENT_WAIT_MS) {
      told = true;
      options.onWait?.(lockHolder(path));
    }
    await Bun.sleep(POLL_MS);
  }
}

/** Who wrote itself into the lock file last: good for a message, never a proof that it still holds the lock. */
export function lockHolder(path: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(readRegularFile(path).toString()));
  } catch {
    return undefined;
  }
}

/** A name is for messages only: a full disk must not keep anybody from a lock that the kernel has given. */
function writeHolder(descriptor: number): void {
  try {
    ftruncateSync(descriptor, 0);
    writeSync(descriptor, `${JSON.stringify(ownIdentity())}\n`, 0);
  } catch {
    // The kernel can still be asked who it is.
  }
}

function closeOnce(descriptor: number): () => void {
  let open = true;
  return () => {
    if (open) closeSync(descriptor);
    open = false;
  };
}

function timedOut(path: string, timeoutMs: number): LockTimedOut {
  const holder = lockHolder(path);
  const who = holder ? `process ${holder.pid}` : "another process";
  return new LockTimedOut("failed", `${who} has held ${path} for more than ${timeoutMs / 1000} s`, {
    hint: "end that process, or wait longer with STIGMER_LOCK_TIMEOUT=<seconds>",
  });
}
