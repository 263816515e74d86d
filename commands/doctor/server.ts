import { type InputIssue, messageOf, StigmerError } from "../../src/base/errors.ts";
import type { Paths } from "../../src/base/paths.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { describeModel } from "../../src/settings/model.ts";
import { checkReach, isOnLoopback, whyUnreachable } from "../../src/settings/reach.ts";
import { type LoadedSettings, readSettings } from "../../src/settings/read-settings.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import { readServerReport } from "../server/report.ts";
import { skewOf } from "../skew.ts";
import { type Finding, note, ok, problem } from "./finding.ts";

const CONNECT_MAX_MS = 3_000;
const MEND = "write it as it was expected, or take it out";
const RESTART = '"stigmer server restart"';

/** Settings, the server with its parts, and the model. */
export async function checkServer(paths: Paths): Promise<Finding[]> {
  const { loaded, findings } = loadOrExplain(paths);
  const report = await readServerReport(paths);
  const model = report?.model ?? (loaded && describeModel(loaded, process.env));
  return [
    ...findings,
    ...(report ? partsOf(report) : [stateOf(paths)]),
    ...(model ? [await checkModel(await checkReach(model))] : []),
  ];
}

/** Without settings the rest is looked at all the same: a server that runs has its own. */
function loadOrExplain(paths: Paths): { loaded?: LoadedSettings; findings: Finding[] } {
  try {
    const sources = { paths, environment: process.env, projectFolder: process.cwd() };
    const loaded = readSettings(sources);
    return { loaded, findings: [ok("settings", "they can be read")] };
  } catch (error) {
    const issues = error instanceof StigmerError ? error.issues : [];
    const fix = (error instanceof StigmerError && error.hint) || MEND;
    if (issues.length === 0) return { findings: [problem("settings", messageOf(error), fix)] };
    return { findings: issues.map((issue) => problem("settings", sayIssue(issue, error), fix)) };
  }
}

/** The file with line and column, else what names the value, then the field. */
function sayIssue(issue: InputIssue, error: unknown): string {
  const { file, line, column, pointer, message, expected, suggestion } = issue;
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const contrast = [
    expected === undefined ? "" : `expected ${expected}`,
    suggestion === undefined ? "" : `did you mean "${suggestion}"?`,
  ].filter((part) => part !== "");
  const aside = contrast.length === 0 ? "" : ` (${contrast.join("; ")})`;
  const key = pointer.slice(1).replaceAll("/", ".");
  return `${[place || messageOf(error), key].filter(Boolean).join(": ")}: ${message}${aside}`;
}

function stateOf(paths: Paths): Finding {
  const { state } = daemonState(paths);
  if (state === "stopped") return note("server", "it is not running", '"stigmer server" starts it');
  if (state === "stale") {
    return note("server", "it was killed; what ran goes on", '"stigmer server" starts it again');
  }
  return problem(
    "server",
    "it runs but does not answer",
    `see "stigmer server logs", or ${RESTART}`,
  );
}

function partsOf(report: ServerReport): Finding[] {
  const skew = skewOf(report);
  const server =
    skew === undefined
      ? ok("server", `${report.version} at ${report.url}`)
      : problem("server", skew, RESTART);
  const parts = report.parts.map(({ name, state, restarts, lastError }) => {
    if (state === "ready")
      return ok(name, restarts === 0 ? "ready" : `ready, restarted ${restarts} times`);
    const why = lastError === undefined ? "" : `: ${lastError}`;
    return problem(name, `${state}${why}`, `see "stigmer server logs -c ${name}"`);
  });
  return [server, ...parts, ...stuckRunsOf(report)];
}

/** They show as running, and nothing will come of them. */
function stuckRunsOf({ brokenRuns = [] }: ServerReport): Finding[] {
  return brokenRuns.map(({ runId, reason }) =>
    problem("runs", `${runId} can't go on: ${reason}`, `"stigmer runs cancel ${runId}" ends it`),
  );
}

async function checkModel(model: ServerReport["model"]): Promise<Finding> {
  const name = model.model === undefined ? model.provider : `${model.provider}/${model.model}`;
  if (model.problem !== undefined) return problem("model", name, model.problem);
  const refused = model.baseUrl === undefined ? undefined : await refusalOf(model.baseUrl);
  if (refused === undefined) return ok("model", `${name} (${model.reason})`);
  return problem(
    "model",
    `${name} can't be reached at ${model.baseUrl}: ${refused}`,
    'start it, or choose another with "stigmer config set llm.provider"',
  );
}

/** One on this machine has been tried; one behind a proxy can't be. */
async function refusalOf(baseUrl: string): Promise<string | undefined> {
  if (isOnLoopback(baseUrl)) return undefined;
  const scheme = /^[a-z]+/i.exec(baseUrl)?.[0] ?? "";
  if (process.env[`${scheme.toUpperCase()}_PROXY`]) return undefined;
  return whyUnreachable(baseUrl, CONNECT_MAX_MS);
}
