import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { type FileLock, lock } from "../base/file-lock.ts";
import type { Paths } from "../base/paths.ts";
import { makePrivateFolder } from "../base/private-folder.ts";
import { childEnvironment } from "../base/process-environment.ts";
import { isSameProcess } from "../base/process-identity.ts";
import { readLogs } from "./logs.ts";
import { selfCommand } from "./self-command.ts";
import {
  isServerLockHeld,
  readServerHint,
  type ServerHint,
  serverProcess,
} from "./server-state.ts";

const POLL_MS = 10;
const LAST_LINES = 12;

/** `stale`: no server runs, but one was killed before it could clean up. */
export type DaemonState =
  | { state: "running"; hint: ServerHint }
  | { state: "starting" | "stopped" }
  | { state: "stale"; hint: ServerHint };

export interface DaemonStart {
  /** Passed to the server. */
  readonly args: readonly string[];
  /** The server's program; this one unless told otherwise. */
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onProgress?: (message: string) => void;
}

/** The lock says whether a server runs; the hint only says where. */
export function daemonState(paths: Paths): DaemonState {
  const hint = readServerHint(paths);
  // The kernel takes a moment to let go of a dead holder's lock.
  if (!isServerLockHeld(paths) || !serverProcess(paths)) {
    return hint ? { state: "stale", hint } : { state: "stopped" };
  }
  return hint && isSameProcess(hint) ? { state: "running", hint } : { state: "starting" };
}

/** Starts the server in the background and returns once it is ready; two callers at once start one. */
export async function startDaemon(
  paths: Paths,
  options: DaemonStart,
): Promise<{ alreadyRunning: boolean; hint: ServerHint }> {
  const deadlineMs = performance.now() + options.timeoutMs;
  const since = new Date().toISOString();
  const starting = await holdStartLock(paths, options);
  try {
    const before = daemonState(paths);
    const running = before.state === "running" || before.state === "starting";
    const child = running ? undefined : spawnServer(paths, options);
    const hint = await untilReady(paths, child, { deadlineMs, since });
    return { alreadyRunning: running, hint };
  } finally {
    starting.release();
  }
}

async function holdStartLock(paths: Paths, options: DaemonStart): Promise<FileLock> {
  makePrivateFolder(paths.run);
  return lock(join(paths.run, "start.lock"), {
    timeoutMs: options.timeoutMs,
    onWait: () => options.onProgress?.("waiting for another start of the server"),
  });
}

function spawnServer(paths: Paths, options: DaemonStart): Bun.Subprocess {
  makePrivateFolder(paths.logs);
  // The server writes its log itself; this catches what a dying runtime still says.
  const output = openSync(join(paths.logs, "server.log"), "a", 0o600);
  try {
    const command = options.command ?? [...selfCommand(), "internal-server"];
    const child = Bun.spawn([...command, ...options.args], {
      // A folder that lives as long as the server: the one of the caller may be deleted.
      cwd: paths.home,
      env: childEnvironment(process.env, { STIGMER_HOME: paths.home, ...options.environment }),
      stdin: "ignore",
      stdout: output,
      stderr: output,
      detached: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function untilReady(
  paths: Paths,
  child: Bun.Subprocess | undefined,
  { deadlineMs, since }: { deadlineMs: number; since: string },
): Promise<ServerHint> {
  const fail = (message: string) => notStarted(paths, since, message);
  for (;;) {
    const now = daemonState(paths);
    if (now.state === "running" && (await isReady(now.hint))) return now.hint;
    if (child && (child.exitCode !== null || child.signalCode !== null)) {
      throw fail(`the server ended while it started (${endOf(child)})`);
    }
    if (!child && (now.state === "stopped" || now.state === "stale")) {
      throw fail("the server that was starting has ended");
    }
    if (performance.now() > deadlineMs) {
      child?.kill("SIGTERM");
      throw fail("the server did not get ready in time");
    }
    await Bun.sleep(POLL_MS);
  }
}

async function isReady(hint: ServerHint): Promise<boolean> {
  try {
    const response = await fetch(new URL("/readyz", hint.url), {
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

function endOf(child: Bun.Subprocess): string {
  return child.signalCode === null ? `status ${child.exitCode}` : `${child.signalCode}`;
}

/** What this start wrote, in a few lines; earlier starts may have had other troubles. */
function notStarted(paths: Paths, since: string, message: string): StigmerError {
  const last = readLogs(paths, { lines: LAST_LINES, part: "server" }).filter(
    ({ time }) => time >= since,
  );
  return new StigmerError("failed", message, {
    hint: `the whole log is in ${join(paths.logs, "server.log")}`,
    issues: last.map((line) => ({ message: `${line.level} ${line.message}`, pointer: "" })),
  });
}
