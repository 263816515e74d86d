import { existsSync, statSync } from "node:fs";

import { z } from "zod";

import { StigmerError } from "../../src/base/errors.ts";
import type { Paths } from "../../src/base/paths.ts";
import { childEnvironment } from "../../src/base/process-environment.ts";
import type { UpgradeOutcome } from "../../src/release/upgrade/upgrade.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import type { ServerHint } from "../../src/supervisor/server-state.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { readServerReport } from "../server/report.ts";
import { ownManager } from "../service/own-service.ts";

const READY_MAX_MS = 60_000;
const POLL_MS = 50;

const Started = z.object({ url: z.string(), version: z.string() });
export type RestartedServer = z.infer<typeof Started>;

/**
 * Starts the server of this home again, as the program that is installed now, if one of another version runs. Where a
 * service manager keeps it, the manager does it. A server of another user is only told of: it would not start as this
 * one.
 */
export async function restartServer(
  paths: Paths,
  { path, to }: UpgradeOutcome,
  terminal: Terminal,
): Promise<RestartedServer | undefined> {
  if (!isOwnHome(paths)) {
    warnOfOldServer(paths, to, terminal);
    return undefined;
  }
  warnOfCaller(process.env, to, terminal);
  const daemon = daemonState(paths);
  if (daemon.state === "starting") {
    terminal.talk.warn(`a server is just starting: "stigmer server restart" makes it ${to}`);
  }
  if (daemon.state !== "running" || daemon.hint.version === to) return undefined;
  terminal.talk.info(`restarting the server, which is ${daemon.hint.version}`);
  if (await restartService(daemon.hint)) return untilReady(paths, to);
  return restartBy(path, daemon.hint, to);
}

/** An upgrade that was cut off may have left a server of the version before. */
export function warnOfOldServer(paths: Paths, version: string, terminal: Terminal): void {
  const daemon = daemonState(paths);
  if (daemon.state !== "running" || daemon.hint.version === version) return;
  const whose = isOwnHome(paths) ? "" : ` of ${paths.home}, which belongs to another user,`;
  const how = isOwnHome(paths) ? "" : " as that user";
  terminal.talk.warn(
    `the server${whose} is ${daemon.hint.version}: "stigmer server restart"${how} makes it ${version}`,
  );
}

/** A home that is not there yet is nobody else's. */
function isOwnHome({ home }: Paths): boolean {
  const found = statSync(home, { throwIfNoEntry: false });
  return !found || found.uid === process.geteuid?.();
}

/** With sudo the home may be root's: where the one of the person is who asked, and whether it has a server, is not known. */
function warnOfCaller(
  environment: Readonly<Record<string, string | undefined>>,
  version: string,
  terminal: Terminal,
): void {
  const caller = environment["SUDO_USER"] ?? environment["DOAS_USER"];
  if (process.geteuid?.() !== 0 || !caller || caller === "root") return;
  terminal.talk.warn(
    `if ${caller} runs a server, it goes on as it is: "stigmer server restart" as ${caller} makes it ${version}`,
  );
}

/** Whether a service manager keeps that very server, and has started it again. */
async function restartService(server: ServerHint): Promise<boolean> {
  const manager = ownManager();
  if (!manager || !existsSync(manager.file)) return false;
  if ((await manager.state()).pid !== server.pid) return false;
  await manager.reload();
  return true;
}

async function untilReady(paths: Paths, version: string): Promise<RestartedServer> {
  const deadlineMs = performance.now() + READY_MAX_MS;
  for (;;) {
    const report = await readServerReport(paths);
    if (report?.status === "ready" && report.version === version) return report;
    if (performance.now() > deadlineMs) throw notRestarted(version, "");
    await Bun.sleep(POLL_MS);
  }
}

/** Has the new program do it. The port stays the same, wherever it had come from. */
async function restartBy(
  path: string,
  { url }: ServerHint,
  version: string,
): Promise<RestartedServer> {
  const words = ["server", "restart", "--port", new URL(url).port, "--json"];
  const child = Bun.spawn([path, ...words], {
    env: childEnvironment(process.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [answer, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  const started = child.exitCode === 0 ? parseStarted(answer) : undefined;
  if (started?.version === version) return started;
  throw notRestarted(version, complaint);
}

function parseStarted(text: string): RestartedServer | undefined {
  try {
    return Started.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function notRestarted(version: string, complaint: string): StigmerError {
  const lines = complaint.split("\n").filter((line) => line.trim() !== "");
  return new StigmerError(
    "failed",
    `stigmer is ${version} now, but its server could not be restarted`,
    {
      hint: "see `stigmer server logs`; `stigmer upgrade --rollback` goes back",
      issues: lines.map((message) => ({ message, pointer: "" })),
    },
  );
}
