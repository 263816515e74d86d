import type { Paths } from "../../src/base/paths.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import { isServerLockHeld, type ServerHint } from "../../src/supervisor/server-state.ts";
import { homePaths } from "../home.ts";
import { askServer, readServerReport } from "./report.ts";

const FREED_MAX_MS = 1_000;
const POLL_MS = 20;

/** `killed`: it left its state behind. `elsewhere`: it runs, but not among the processes that can be seen. */
export type ServerState = "healthy" | "killed" | "stopped" | "starting" | "unhealthy" | "elsewhere";

/** How a server is, as far as it can be told from here. */
export interface Known {
  readonly state: ServerState;
  readonly home: string;
  /** Where the server is, as far as it can be found. */
  readonly hint?: Pick<ServerHint, "pid" | "url" | "startedAt" | "version" | "build"> | undefined;
  readonly report?: ServerReport | undefined;
}

/** The server of this home, whether or not it answers. */
export async function lookAtHome(): Promise<Known> {
  const paths = homePaths();
  const { home } = paths;
  const daemon = daemonState(paths);
  if (daemon.state === "stopped" || daemon.state === "stale") {
    if (await isHeldElsewhere(paths)) return { state: "elsewhere", home };
    return { state: daemon.state === "stale" ? "killed" : "stopped", home };
  }
  const report = await readServerReport(paths);
  const hint = daemon.state === "running" ? daemon.hint : undefined;
  if (report?.status === "ready") return { state: "healthy", home, hint, report };
  return { state: daemon.state === "starting" ? "starting" : "unhealthy", home, hint, report };
}

/** By a server in another container, which has its own processes. The kernel frees the lock of a dead one in a moment. */
async function isHeldElsewhere(paths: Paths): Promise<boolean> {
  const deadlineMs = performance.now() + FREED_MAX_MS;
  while (isServerLockHeld(paths)) {
    if (performance.now() > deadlineMs) return true;
    await Bun.sleep(POLL_MS);
  }
  return false;
}

/** The server at that URL; throws when it does not answer. */
export async function lookAt(url: string): Promise<Known> {
  const report = await askServer(homePaths(), url);
  const state = report.status === "ready" ? "healthy" : "unhealthy";
  return { state, home: report.home, hint: report, report };
}
