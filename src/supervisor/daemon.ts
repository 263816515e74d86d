import { closeSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { type FileLock, lock } from "../base/file-lock.ts";
import type { Paths } from "../base/paths.ts";
import { makePrivateFolder } from "../base/private-folder.ts";
import { childEnvironment } from "../base/process-environment.ts";
import { openToAppend } from "./log-file.ts";
import { askReadiness } from "./readiness.ts";
import { selfCommand } from "./self-command.ts";
import {
  isServerLockHeld,
  readServerHint,
  type ServerHint,
  serverProcess,
} from "./server-state.ts";
import { openStartLog, type StartLog } from "./start-log.ts";

const POLL_MS = 10;
/** How long a server whose start is called off may take to end before nobody waits any more. */
const CALLED_OFF_MAX_MS = 10_000;

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
  /** Calls the start off: a server that it has started is stopped again. */
  readonly signal?: AbortSignal;
}

/** The lock says whether a server runs; the hint only says where. */
export function daemonState(paths: Paths): DaemonState {
  const hint = readServerHint(paths);
  // The kernel takes a moment to let go of a dead holder's lock.
  const server = isServerLockHeld(paths) ? serverProcess(paths) : undefined;
  if (!server) return hint ? { state: "stale", hint } : { state: "stopped" };
  const isOfServer = hint?.pid === server.pid && hint.startTime === server.startTime;
  return hint && isOfServer ? { state: "running", hint } : { state: "starting" };
}

/**
 * Starts the server in the background and returns once it is ready; two callers at once start one. Throws as soon as it
 * is sure that it will not get ready, and the signal's reason when that is aborted.
 */
export async function startDaemon(
  paths: Paths,
  options: DaemonStart,
): Promise<{ alreadyRunning: boolean; hint: ServerHint }> {
  const deadlineMs = performance.now() + options.timeoutMs;
  const starting = await holdStartLock(paths, options);
  try {
    const before = daemonState(paths);
    const running = before.state === "running" || before.state === "starting";
    const log = openStartLog(paths);
    const child = running ? undefined : spawnServer(paths, options);
    try {
      const hint = await untilReady(paths, child, { deadlineMs, log, signal: options.signal });
      return { alreadyRunning: running, hint };
    } catch (error) {
      if (child) await callOff(child);
      throw error;
    }
  } finally {
    starting.release();
  }
}

async function holdStartLock(paths: Paths, options: DaemonStart): Promise<FileLock> {
  makePrivateFolder(paths.run);
  return lock(join(paths.run, "start.lock"), {
    timeoutMs: options.timeoutMs,
    ...(options.signal && { signal: options.signal }),
    onWait: () => options.onProgress?.("waiting for another start of the server"),
  });
}

function spawnServer(paths: Paths, options: DaemonStart): Bun.Subprocess {
  makePrivateFolder(paths.logs);
  // The server writes its log itself; this catches what a dying runtime still says.
  const output = openToAppend(join(paths.logs, "server.log"));
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

interface Wait {
  readonly deadlineMs: number;
  readonly log: StartLog;
  readonly signal: AbortSignal | undefined;
}

async function untilReady(
  paths: Paths,
  child: Bun.Subprocess | undefined,
  { deadlineMs, log, signal }: Wait,
): Promise<ServerHint> {
  let trouble: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const now = daemonState(paths);
    if (now.state === "running") {
      const readiness = await askReadiness(now.hint.url);
      if (readiness.isReady) return now.hint;
      trouble = readiness.trouble;
      // A server of our own that lacks a part is about to end, with a better reason.
      const isOver = readiness.hopeless === "journal" || (readiness.hopeless === "part" && !child);
      if (isOver) throw hopeless(trouble, { isOurs: child !== undefined });
    }
    const end = child ? endOf(child) : endOfOther(now);
    if (end !== undefined) throw log.explain(end);
    if (performance.now() > deadlineMs) throw log.explain(tooLate(trouble));
    await Bun.sleep(POLL_MS);
  }
}

function tooLate(trouble: string | undefined): string {
  return `the server did not get ready in time${trouble === undefined ? "" : `: ${trouble}`}`;
}

function hopeless(trouble: string | undefined, { isOurs }: { isOurs: boolean }): StigmerError {
  return new StigmerError("failed", `the server can't get ready: ${trouble ?? "unknown"}`, {
    hint: isOurs
      ? 'mend that, then start it again; "stigmer server logs" tells more'
      : 'it goes on as it is; mend that, then "stigmer server restart"',
  });
}

async function callOff(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  await Promise.race([child.exited, Bun.sleep(CALLED_OFF_MAX_MS)]);
}

function endOf({ exitCode, signalCode }: Bun.Subprocess): string | undefined {
  if (exitCode === null && signalCode === null) return undefined;
  const how = signalCode === null ? `status ${exitCode}` : `${signalCode}`;
  return `the server ended while it started (${how})`;
}

function endOfOther({ state }: DaemonState): string | undefined {
  if (state === "running" || state === "starting") return undefined;
  return "the server that was starting has ended";
}
