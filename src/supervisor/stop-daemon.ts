import { StigmerError, systemCodeOf } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { isSameProcess, type ProcessIdentity } from "../base/process-identity.ts";
import { dropStaleHint, hasServerLock, isServerLockHeld, serverProcess } from "./server-state.ts";

const POLL_MS = 10;
const KILLED_MAX_MS = 10_000;

export type DaemonStop =
  | { stopped: false }
  /** `forced`: it did not end within the grace and was killed. */
  | { stopped: true; pid: number; forced: boolean };

export interface StopOptions {
  readonly graceMs: number;
  /** Ends the waiting with its reason; the server goes on stopping. */
  readonly signal?: AbortSignal;
  /** How long a killed server may take to be gone. */
  readonly killedMs?: number;
}

/** Ends the server of this home, and never any other process: only one that has the server's lock. */
export async function stopDaemon(paths: Paths, options: StopOptions): Promise<DaemonStop> {
  const stop = await stopHolder(paths, options);
  dropStaleHint(paths);
  return stop;
}

async function stopHolder(paths: Paths, options: StopOptions): Promise<DaemonStop> {
  if (!isServerLockHeld(paths)) return { stopped: false };
  const server = serverProcess(paths);
  if (!server) return stopUnnamed(paths, options.graceMs);
  if (!tell(server, "SIGTERM")) return { stopped: true, pid: server.pid, forced: false };
  const forced = !(await untilGone(paths, server, options));
  if (forced) await kill(paths, server, options);
  return { stopped: true, pid: server.pid, forced };
}

async function kill(
  paths: Paths,
  server: ProcessIdentity,
  { killedMs = KILLED_MAX_MS }: StopOptions,
): Promise<void> {
  tell(server, "SIGKILL");
  if (await untilGone(paths, server, { graceMs: killedMs })) return;
  const { pid } = server;
  if (isSameProcess(server)) {
    throw new StigmerError("failed", `the server (process ${pid}) does not end, though killed`, {
      hint: `it waits for a disk or a debugger, as \`ps -o stat,wchan ${pid}\` tells; then stop it again`,
    });
  }
  throw new StigmerError(
    "failed",
    `the server (process ${pid}) was killed, but something that it started keeps its lock`,
    { hint: `find it with \`fuser ${paths.run}/server.lock\` and end it` },
  );
}

/** The lock is held, but whoever holds it has not said who it is: perhaps it is ending right now. */
async function stopUnnamed(paths: Paths, graceMs: number): Promise<DaemonStop> {
  const deadlineMs = performance.now() + Math.min(graceMs, 1_000);
  while (performance.now() < deadlineMs) {
    if (!isServerLockHeld(paths)) return { stopped: false };
    await Bun.sleep(POLL_MS);
  }
  throw new StigmerError(
    "failed",
    `a server runs on ${paths.home}, but nothing says which process it is`,
    {
      hint: `find it with \`fuser ${paths.run}/server.lock\` and end it`,
    },
  );
}

function tell(server: ProcessIdentity, name: "SIGTERM" | "SIGKILL"): boolean {
  if (!isSameProcess(server)) return false;
  try {
    process.kill(server.pid, name);
    return true;
  } catch (cause) {
    // It ended between the look and the signal.
    if (systemCodeOf(cause) === "ESRCH") return false;
    const message = `this user may not stop the server (process ${server.pid})`;
    const hint = "stop it as the user who started it, or as root";
    throw new StigmerError("not_permitted", message, { hint, cause });
  }
}

async function untilGone(
  paths: Paths,
  server: ProcessIdentity,
  { graceMs, signal }: StopOptions,
): Promise<boolean> {
  const deadlineMs = performance.now() + graceMs;
  while (isSameProcess(server) || hasServerLock(paths, server)) {
    signal?.throwIfAborted();
    if (performance.now() > deadlineMs) return false;
    await Bun.sleep(POLL_MS);
  }
  return true;
}
