import { formatDurationMs } from "../../src/base/duration.ts";
import type { PartStatus } from "../../src/base/part-status.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import type { ServerHint } from "../../src/supervisor/server-state.ts";
import { formatTable } from "../../src/terminal/table.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { SKEW_FIX, skewOf } from "../skew.ts";
import { describeModel } from "./launch.ts";
import { askServer, namedServer, readServerReport } from "./report.ts";

/** As service managers answer (LSB). */
const EXIT_STATUS = { healthy: 0, killed: 1, stopped: 3, starting: 4, unhealthy: 4 } as const;

export const status = command({
  details:
    "The exit status is 0 when the server is healthy, 3 when it is not running, 1 when it was killed and left its " +
    "state behind, and 4 when it is not well, or not yet. With --server it asks the server there.",
  examples: ["stigmer server status", "stigmer server status --json"],
  async run(values, terminal) {
    const url = namedServer(values);
    const known = url === undefined ? await lookAtHome() : await lookAt(url);
    const { state, home, hint, report } = known;
    if (state === "stopped" || state === "killed") {
      if (terminal.isJson) terminal.printJson({ state, home, parts: [] });
      else printStopped(known, terminal);
    } else if (terminal.isJson) {
      terminal.printJson({ state, home, ...hint, ...report });
      const skew = hint && skewOf(hint);
      if (skew !== undefined) terminal.talk.warn(`${skew}: ${SKEW_FIX}`);
    } else print(known, terminal);
    return EXIT_STATUS[state];
  },
});

interface Known {
  readonly state: keyof typeof EXIT_STATUS;
  readonly home: string;
  /** Where the server is, as far as it can be found. */
  readonly hint?: Pick<ServerHint, "pid" | "url" | "startedAt" | "version" | "build"> | undefined;
  readonly report?: ServerReport | undefined;
}

async function lookAtHome(): Promise<Known> {
  const paths = homePaths();
  const { home } = paths;
  const daemon = daemonState(paths);
  if (daemon.state === "stopped") return { state: "stopped", home };
  if (daemon.state === "stale") return { state: "killed", home };
  const report = await readServerReport(paths);
  const hint = daemon.state === "running" ? daemon.hint : undefined;
  if (report?.status === "ready") return { state: "healthy", home, hint, report };
  return { state: daemon.state === "starting" ? "starting" : "unhealthy", home, hint, report };
}

async function lookAt(url: string): Promise<Known> {
  const report = await askServer(homePaths(), url);
  const state = report.status === "ready" ? "healthy" : "unhealthy";
  return { state, home: report.home, hint: report, report };
}

function printStopped({ state, home }: Known, terminal: Terminal): void {
  const end = state === "killed" ? "; the last one was killed" : "";
  terminal.print(`no server runs on ${home}${end}`);
  terminal.talk.info('start it with "stigmer server"');
}

function print({ state, hint, report, home }: Known, terminal: Terminal): void {
  const { style } = terminal;
  const shown = state === "healthy" ? style.green(state) : style.red(state);
  terminal.print(`server ${shown}${hint ? ` at ${hint.url}` : ""}`);
  const rows: [string, string | undefined][] = [
    ...hintRows(hint),
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

function hintRows(hint: Known["hint"]): [string, string | undefined][] {
  if (!hint) return [];
  const skew = skewOf(hint);
  return [
    ["pid", String(hint.pid)],
    ["up", since(hint.startedAt)],
    ["version", hint.version],
    ["", skew && `${skew}: ${SKEW_FIX}`],
  ];
}

/** Runs that show as running for ever: nobody else would tell. */
function brokenRows(report: ServerReport | undefined): [string, string][] {
  const broken = report?.brokenRuns ?? [];
  return broken.map(({ runId, reason }) => [
    "broken",
    `${runId}: ${reason}; mend it, or "stigmer runs cancel ${runId}"`,
  ]);
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
