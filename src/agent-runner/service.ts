import { join } from "node:path";

import { version } from "../base/build-info.ts";
import { dieWithParent } from "../base/die-with-parent.ts";
import { explainDisk } from "../base/disk-error.ts";
import { messageOf, StigmerError } from "../base/errors.ts";
import { createLog, type Log, logLevelOf } from "../base/log.ts";
import { CANNOT_START } from "../base/part-status.ts";
import { findHome, pathsOf } from "../base/paths.ts";
import { keepLoopbackDirect } from "../base/process-environment.ts";
import { untilStopAsked } from "../base/stop-signals.ts";
import { type Limits, readLimits } from "./limits.ts";
import { createRedactor } from "./redact.ts";
import { openRunner } from "./runner.ts";
import { removeOldWorkspaces } from "./sandbox/workspace.ts";
import { serve } from "./serve.ts";

const SOCKET_NAME = "agent-runner.sock";
/** Below the three seconds that a supervisor waits for. */
const STOP_MS = 2_500;

type Environment = Record<string, string | undefined>;

/** Serves until SIGTERM or SIGINT, and gives the exit status. */
export async function runUntilStopped(
  socket: string | undefined,
  environment: Environment,
): Promise<number> {
  dieWithParent();
  keepLoopbackDirect(environment);
  const redact = createRedactor(environment);
  const write = (line: string) => process.stderr.write(`${redact(line)}\n`);
  const log = createLog("agent-runner", (line) => void write(line), logLevelOf(environment));
  // A promise that a library left behind must not end the steps of others.
  process.on("unhandledRejection", (error) => {
    log.error("a promise failed unattended", { error: messageOf(error) });
  });
  try {
    const home = findHome(environment);
    const limits = readLimits(environment);
    const runner = openRunner(home, environment, limits);
    const stopping = new AbortController();
    const path = socket ?? join(pathsOf(home).sockets, SOCKET_NAME);
    const server = await serve({ socket: path, runner, log, redact, signal: stopping.signal });
    log.info("ready", { socket: path, version, pid: process.pid });
    void tidyUp(home, limits, log);
    const reason = await untilStopAsked(["SIGTERM", "SIGINT"]);
    log.info("stopping", { reason });
    stopping.abort(new Error("the agent-runner is stopping"));
    await Promise.race([Promise.all([server.stop(), runner.close()]), Bun.sleep(STOP_MS)]);
    log.info("stopped");
    return 0;
  } catch (error) {
    const known = error instanceof StigmerError ? error : explainDisk(error);
    log.error(`can't start: ${messageOf(known ?? error)}`, { hint: known?.hint });
    return known ? CANNOT_START : 1;
  }
}

async function tidyUp(home: string, { workspaceUnusedMs }: Limits, log: Log): Promise<void> {
  try {
    const removed = await removeOldWorkspaces(home, workspaceUnusedMs);
    if (removed.length > 0) log.info("removed unused workspaces", { runs: removed });
  } catch (error) {
    log.warn(`unused workspaces could not be removed: ${messageOf(error)}`);
  }
}
