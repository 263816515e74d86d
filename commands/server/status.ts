import { version } from "../../src/base/build-info.ts";
import { formatDurationMs } from "../../src/base/duration.ts";
import type { PartStatus } from "../../src/base/part-status.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import type { ServerHint } from "../../src/supervisor/server-state.ts";
import { formatTable } from "../../src/terminal/table.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { describeModel } from "./launch.ts";
import { readServerReport } from "./report.ts";

/** As service managers answer (LSB): 0 healthy, 1 running but not well, 3 not running. */
const HEALTHY = 0;
const UNHEALTHY = 1;
const NOT_RUNNING = 3;

export const status = command({
  details:
    "The exit status is 0 when the server is healthy, 3 when it is not running, and 1 otherwise.",
  examples: ["stigmer server status", "stigmer server status --json"],
  async run(_values, terminal) {
    const paths = homePaths();
    const daemon = daemonState(paths);
    if (daemon.state === "stopped" || daemon.state === "stale") {
      if (terminal.isJson) terminal.printJson({ state: "stopped", home: paths.home, parts: [] });
      else {
        terminal.print(`no server runs on ${paths.home}${wasKilled(daemon.state)}`);
        terminal.talk.info('start it with "stigmer server"');
      }
      return NOT_RUNNING;
    }
    const report = await readServerReport(paths);
    const isHealthy = report?.status === "ready";
    const state = isHealthy ? "healthy" : daemon.state === "starting" ? "starting" : "unhealthy";
    const hint = daemon.state === "running" ? daemon.hint : undefined;
    if (terminal.isJson) terminal.printJson({ state, home: paths.home, ...hint, ...report });
    else print(state, { hint, report, home: paths.home }, terminal);
    return isHealthy ? HEALTHY : UNHEALTHY;
  },
});

function wasKilled(state: "stopped" | "stale"): string {
  return state === "stale" ? "; the last one was killed" : "";
}

interface Known {
  readonly hint: ServerHint | undefined;
  readonly report: ServerReport | undefined;
  readonly home: string;
}

function print(state: string, { hint, report, home }: Known, terminal: Terminal): void {
  const { style } = terminal;
  terminal.print(
    `server ${state === "healthy" ? style.green(state) : style.red(state)}${hint ? ` at ${hint.url}` : ""}`,
  );
  const rows: [string, string | undefined][] = [
    ["pid", hint && String(hint.pid)],
    ["up", hint && since(hint.startedAt)],
    ["version", hint && `${hint.version}${skew(hint.version)}`],
    ["data", home],
    ["model", report && describeModel(report)],
    ["journal", report?.journalProblem],
    ...brokenRows(report),
  ];
  for (const [label, value] of rows) {
    if (value !== undefined) terminal.print(`  ${label.padEnd(8)} ${value}`);
  }
  if (!report) return terminal.talk.warn('it does not answer; see "stigmer server logs -c server"');
  terminal.print(`\n${formatParts(report.parts, terminal)}`);
}

/** Runs that show as running for ever: nobody else would tell. */
function brokenRows(report: ServerReport | undefined): [string, string][] {
  const broken = report?.brokenRuns ?? [];
  return broken.map(({ runId, reason }) => [
    "broken",
    `${runId}: ${reason}; mend it, or "stigmer runs cancel ${runId}"`,
  ]);
}

/** The server goes on with the version it was started with, whatever is installed since. */
function skew(running: string): string {
  if (running === version) return "";
  return `, but this is ${version}: "stigmer server restart" brings them together`;
}

function formatParts(parts: readonly PartStatus[], terminal: Terminal): string {
  const rows = parts.map((part) => [
    part.name,
    part.state,
    part.pid === undefined ? "" : String(part.pid),
    part.startedAt === undefined ? "" : since(part.startedAt),
    String(part.restarts),
    part.lastError ?? "",
  ]);
  const heading = ["PART", "STATE", "PID", "UP", "RESTARTS", "LAST ERROR"];
  return formatTable(heading, rows, terminal);
}

function since(time: string): string {
  return formatDurationMs(Math.max(0, Date.now() - Date.parse(time)));
}
