import type { Paths } from "../../src/base/paths.ts";
import { makeHome } from "../../src/base/private-folder.ts";
import { ensureRunner } from "../../src/release/ensure-runner.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { Provider } from "../../src/schema/kinds/agent.ts";
import { isUsualAddress } from "../../src/schema/llm.ts";
import { PROJECT_FOLDER_VARIABLE, readSettings } from "../../src/settings/read-settings.ts";
import { daemonState, startDaemon } from "../../src/supervisor/daemon.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import type { ValuesOf } from "../define.ts";
import { untilInterrupted } from "../interrupt.ts";
import { ownBuild } from "../runner/own-build.ts";
import { showingDownload } from "../runner/show-download.ts";
import { SKEW_FIX, skewOf } from "../skew.ts";
import { readServerReport } from "./report.ts";

/** A start that takes longer is explained. */
const SILENT_MS = 3_000;

const providers: Provider[] = [...Provider.options];

/** Flags that the server itself takes; each stands for a setting. */
export const serverArguments = {
  port: {
    type: "string",
    integer: { min: 0, max: 65_535 },
    valueHint: "NUMBER",
    description: "Port to listen on, 0 for any that is free (server.port, else 7234)",
  },
  listen: {
    type: "string",
    valueHint: "ADDRESS",
    description: "Address to listen on; others than loopback let others in (server.listen)",
  },
  llmProvider: {
    type: "enum",
    options: providers,
    valueHint: "NAME",
    description: `Who runs the model: ${providers.join(", ")} (llm.provider)`,
  },
  llmModel: { type: "string", valueHint: "NAME", description: "The model (llm.model)" },
  llmBaseUrl: {
    type: "string",
    valueHint: "URL",
    description: "Where the provider's API is (llm.baseUrl)",
  },
  timeout: {
    type: "string",
    integer: { min: 1, max: 3_600 },
    default: "60",
    valueHint: "SECONDS",
    description: "How long it may take to get ready",
  },
} as const;
export type ServerFlags = Omit<ValuesOf<typeof serverArguments>, "timeout">;

/** What the server is started with. */
export interface ServerStart {
  readonly args: string[];
  readonly environment: Record<string, string>;
}

/**
 * Checks the home and the settings first, so that a mistake is told here and not in a log. What this folder's
 * stigmer.yaml says counts too: the server, which lives in another folder, is told where it is.
 */
export function prepareStart(paths: Paths, flags: ServerFlags, terminal: Terminal): ServerStart {
  const { wasOpen } = makeHome(paths.home);
  if (wasOpen) terminal.talk.info(`others could look into ${paths.home}; now only you can`);
  const values = flagValues(flags);
  const projectFolder = process.cwd();
  const { entries } = readSettings({
    paths,
    environment: process.env,
    projectFolder,
    flags: Object.fromEntries(values.map(({ key, text }) => [key, text])),
  });
  const isOfProject = entries.some(({ origin }) => origin === "project");
  return {
    args: values.flatMap(({ word, text }) => [word, text]),
    environment: isOfProject ? { [PROJECT_FOLDER_VARIABLE]: projectFolder } : {},
  };
}

/** The flags that were given: as the server's own program takes them, and as the settings they stand for. */
function flagValues(flags: ServerFlags): { word: string; key: string; text: string }[] {
  const all = [
    { word: "--port", key: "server.port", value: flags.port },
    { word: "--listen", key: "server.listen", value: flags.listen },
    { word: "--llm-provider", key: "llm.provider", value: flags.llmProvider },
    { word: "--llm-model", key: "llm.model", value: flags.llmModel },
    { word: "--llm-base-url", key: "llm.baseUrl", value: flags.llmBaseUrl },
  ];
  return all.flatMap(({ word, key, value }) =>
    value === undefined ? [] : [{ word, key, text: String(value) }],
  );
}

export interface Launch {
  readonly paths: Paths;
  readonly start: ServerStart;
  /** How many seconds the server may take to get ready. */
  readonly timeout: number;
  /** The agent-runner has been brought already. */
  readonly hasRunner?: boolean;
}

/**
 * Brings the agent-runner and starts the server, unless it runs, and prints where it is. Whoever calls that off does
 * not get a server.
 */
export async function launch(options: Launch, terminal: Terminal): Promise<number> {
  return untilInterrupted(
    async (signal) => {
      try {
        if (!options.hasRunner) await prepareRunnerUnlessRunning(options.paths, signal, terminal);
        await launchUnless(signal, options, terminal);
      } catch (error) {
        if (!signal.aborted) throw error;
        terminal.talk.warn("the start was called off: what it had started is stopped");
      }
    },
    ["SIGINT", "SIGTERM"],
  );
}

async function prepareRunnerUnlessRunning(
  paths: Paths,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  const { state } = daemonState(paths);
  if (state === "stopped" || state === "stale") await prepareRunner(paths, signal, terminal);
}

/** Here a person sees how a download goes; the server, which asks again, finds it done. */
export async function prepareRunner(
  paths: Paths,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  const say = (message: string): void => terminal.talk.info(message);
  await showingDownload(terminal, say, ({ onProgress, onNotice }) =>
    ensureRunner(paths, {
      build: ownBuild,
      thorough: true,
      becomesCurrent: true,
      signal,
      onProgress: onNotice,
      onDownload: onProgress,
    }),
  );
}

async function launchUnless(
  signal: AbortSignal,
  { paths, start, timeout }: Launch,
  terminal: Terminal,
): Promise<void> {
  const patience = setTimeout(() => {
    terminal.talk.info(`it is not ready yet; waiting for at most ${timeout} s`);
  }, SILENT_MS);
  const { alreadyRunning, hint } = await startDaemon(paths, {
    ...start,
    timeoutMs: timeout * 1_000,
    onProgress: (message) => terminal.talk.info(message),
    signal,
  }).finally(() => clearTimeout(patience));
  const report = await readServerReport(paths);
  const skew = skewOf(hint);
  if (skew !== undefined) terminal.talk.warn(`${skew}: ${SKEW_FIX}`);
  if (terminal.isJson) {
    terminal.printJson({ alreadyRunning, ...hint, home: paths.home, ...report });
    return;
  }
  const what = alreadyRunning ? "already running" : "ready";
  terminal.print(`server ${what} at ${terminal.style.bold(hint.url)}`);
  terminal.print(`  pid    ${hint.pid}`);
  terminal.print(`  data   ${paths.home}`);
  if (report) terminal.print(`  model  ${describeModel(report)}`);
  if (alreadyRunning && start.args.length > 0) {
    terminal.talk.warn('it goes on with its own flags; "stigmer server restart" takes new ones');
  }
}

/** `anthropic/claude… (ANTHROPIC_API_KEY is set)`, with its address when that is not the usual one; or what is missing. */
export function describeModel({ model }: Pick<ServerReport, "model">): string {
  if (model.problem !== undefined) return `none yet: ${model.problem}`;
  const name = model.model === undefined ? model.provider : `${model.provider}/${model.model}`;
  const { baseUrl } = model;
  const isUsual = baseUrl === undefined || isUsualAddress(model.provider, baseUrl);
  return `${name}${isUsual ? "" : ` at ${baseUrl}`} (${model.reason})`;
}
