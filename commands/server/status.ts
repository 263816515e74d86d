import { formatDurationMs } from "../../src/base/duration.ts";
import type { PartStatus } from "../../src/base/part-status.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { formatTable } from "../../src/terminal/table.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { SKEW_FIX, skewOf } from "../skew.ts";
import { describeModel } from "./launch.ts";
import { type Known, lookAt, lookAtHome, type ServerState } from "./look.ts";
import { namedServer } from "./report.ts";

/** As service managers answer (LSB). */
const EXIT_STATUS: Record<ServerState, number> = {
  healthy: 0,
  killed: 1,
  stopped: 3,
  starting: 4,
  unhealthy: 4,
  elsewhere: 4,
};

export const status = command({
  details:
    "The exit status is 0 when the server is healthy, 3 when it is not running, 1 when it was killed and left its " +
    "state behind, and 4 when it is not well, or not yet. With --server it asks the server there.",
  examples: ["stigmer server status", "stigmer server status --json"],
  async run(values, terminal) {
    const url = namedServer(values);
    const known = url === undefined ? await lookAtHome() : await lookAt(url);
    const { state, home, hint, report } = known;
    if (state === "stopped" || state === "killed" || state === "elsewhere") {
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

function printStopped({ state, home }: Known, terminal: Terminal): void {
  if (state === "elsewhere") {
    terminal.print(`a server runs on ${home}, but among other processes`);
    return terminal.talk.info("look where else this folder is in use, as in another container");
  }
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
    ["runner", report && chosenRunner(report)],
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

/** One that a person chose hides every later build: that is easily forgotten. */
function chosenRunner({ agentRunner }: ServerReport): string | undefined {
  if (agentRunner?.chosenBy === undefined) return undefined;
  const { version, chosenBy } = agentRunner;
  return `agent-runner ${version} (chosen by ${chosenBy}; "stigmer runner reset" ends it)`;
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
