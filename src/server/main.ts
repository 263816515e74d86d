import { fstatSync, statSync } from "node:fs";
import { join } from "node:path";

import { agentRunner } from "../../embed/agent-runner.ts";
import { buildIdentity } from "../base/build-identity.ts";
import { version } from "../base/build-info.ts";
import { explainDisk } from "../base/disk-error.ts";
import { exitStatus, messageOf, StigmerError } from "../base/errors.ts";
import { type Log, logLevelOf } from "../base/log.ts";
import { findHome, type Paths, pathsOf } from "../base/paths.ts";
import { ownIdentity } from "../base/process-identity.ts";
import { untilStopAsked } from "../base/stop-signals.ts";
import { pruneRunners } from "../release/prune-runners.ts";
import type { RunnerFile } from "../release/runner-file.ts";
import type { ModelReport } from "../schema/api/server.ts";
import { LLM_ENVIRONMENT } from "../schema/llm.ts";
import { describeModel, llmEnvironment } from "../settings/model.ts";
import { checkReach } from "../settings/reach.ts";
import {
  type LoadedSettings,
  PROJECT_FOLDER_VARIABLE,
  readSettings,
} from "../settings/read-settings.ts";
import { openPartLogs, type PartLogs } from "../supervisor/part-logs.ts";
import {
  holdServerLock,
  keepServerHint,
  removeServerHint,
  type ServerHint,
  START_FAILED,
  writeServerHint,
} from "../supervisor/server-state.ts";
import { supervise, type Supervisor } from "../supervisor/supervise.ts";
import { makeFolders } from "./folders.ts";
import { isLoopback } from "./guard.ts";
import help from "./help.txt" with { type: "text" };
import { describeParts } from "./parts.ts";
import { parseServerOptions } from "./server-options.ts";
import { type RunningServer, startServer } from "./start-server.ts";
import { untilHomeIsGone } from "./watch-home.ts";

/** The program `internal-server`: runs until it is told to stop, and answers the exit status. */
export async function runServer(args: string[]): Promise<number> {
  const options = parseServerOptions(args);
  if (options.isHelpWanted) {
    process.stdout.write(help);
    return 0;
  }
  // Whatever is made from here on is for this user alone.
  process.umask(0o077);
  // Before anything is started, so that no signal is missed.
  const stopAsked = untilStopAsked(["SIGTERM", "SIGINT", "SIGHUP"]);
  const paths = pathsOf(findHome(process.env));
  const environment = { ...process.env };
  const projectFolder = environment[PROJECT_FOLDER_VARIABLE] || undefined;
  const loaded = readSettings({ paths, environment, flags: options.flags, projectFolder });
  forgetSecrets();
  makeFolders(paths);
  const lock = await holdServerLock(paths);
  const isEchoed = options.isForeground || !isOwnLog(join(paths.logs, "server.log"));
  const logs = openLogs(paths, loaded, isEchoed);
  try {
    await runUntil(stopAsked, { paths, loaded, environment, logs });
    return 0;
  } catch (error) {
    const known = error instanceof StigmerError ? error : explainDisk(error);
    logs.server.error(`${START_FAILED}${messageOf(known ?? error)}`, { hint: known?.hint });
    // Where standard error leads into the log, saying it again would be twice the same.
    if (known && !isEchoed) return exitStatus[known.code];
    throw known ?? error;
  } finally {
    logs.close();
    lock.release();
  }
}

interface Start {
  readonly paths: Paths;
  readonly loaded: LoadedSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logs: PartLogs;
}

async function runUntil(
  stopAsked: Promise<string>,
  { paths, loaded, environment, logs }: Start,
): Promise<void> {
  const log = logs.server;
  const { settings } = loaded;
  const llm = llmEnvironment(settings, environment);
  const logLevel = logLevelOf(process.env);
  let runner: RunnerFile | undefined;
  const onRunner = (started: RunnerFile) => (runner = started);
  const parts = describeParts({ paths, log, logLevel, llm, onRunner });
  for (const { name } of parts) logs.open(name);
  const supervisor = supervise(parts, {
    log,
    onLine: logs.write,
    folder: paths.home,
  });
  const model = describeModel(loaded, environment);
  const build = buildIdentity(agentRunner.sha256);
  const facts = { model, build, runner: () => runner };
  const server = startServer({ paths, ...settings.server, ...facts, supervisor, log });
  const { url, startedAt } = server;
  const hint = { ...ownIdentity(), url, version, build, startedAt };
  writeServerHint(paths, hint);
  log.info(`listening on ${url}`, { home: paths.home, version });
  void warnOfModel(model, log);
  if (!isLoopback(settings.server.listen)) {
    log.warn("other machines can reach this server; what they send and get is not encrypted");
  }
  try {
    const reason = await untilOver({ stopAsked, supervisor, paths, log, hint });
    log.info(`stopping on ${reason}`);
  } finally {
    await stopAll(server, supervisor);
    removeServerHint(paths, hint);
  }
  log.info("stopped");
}

/** In the background: a start waits for no model. */
async function warnOfModel(model: ModelReport, log: Log): Promise<void> {
  const { problem } = await checkReach(model);
  if (problem !== undefined) log.warn(problem);
}

interface Watched {
  readonly stopAsked: Promise<string>;
  readonly supervisor: Supervisor;
  readonly paths: Paths;
  readonly log: Log;
  readonly hint: ServerHint;
}

/** Resolves to why the server is to stop; rejects when a part can't be started. */
async function untilOver({ stopAsked, supervisor, paths, log, hint }: Watched): Promise<string> {
  const watch = new AbortController();
  const onLook = (): void => {
    if (keepServerHint(paths, hint)) log.warn("server.json had been changed; it was put back");
  };
  const started = supervisor.start().then(() => tidyUp(paths, log));
  try {
    const isGone = untilHomeIsGone(paths, { signal: watch.signal, onLook });
    return await Promise.race([stopAsked, isGone, started.then(() => never)]);
  } finally {
    watch.abort();
  }
}

const never = new Promise<never>(() => {});

async function stopAll(server: RunningServer, supervisor: Supervisor): Promise<void> {
  await Promise.all([server.stop(), supervisor.stop()]);
}

/** Only a start that went well may remove what an earlier one used. */
async function tidyUp(paths: Paths, log: Log): Promise<void> {
  log.info("every part is ready");
  try {
    const removed = await pruneRunners(paths);
    if (removed.length > 0) log.info(`removed what nobody needs: ${removed.join(", ")}`);
  } catch (error) {
    log.warn(`old agent-runners could not be removed: ${messageOf(error)}`);
  }
}

/** From here on no child inherits a key by chance: the agent-runner is given its own, and nobody else needs one. */
function forgetSecrets(): void {
  for (const name of LLM_ENVIRONMENT) delete process.env[name];
}

function openLogs(paths: Paths, loaded: LoadedSettings, isEchoed: boolean): PartLogs {
  const level = loaded.entries.find(({ key }) => key === "logLevel");
  // STIGMER_DEBUG counts only where nothing else was said.
  if (level?.origin !== "default") process.env["STIGMER_LOG_LEVEL"] = loaded.settings.logLevel;
  return openPartLogs(paths, isEchoed ? (line) => process.stderr.write(`${line}\n`) : undefined);
}

/** In the background standard error leads into the log file itself, where each line would be written twice. */
function isOwnLog(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  const error = fstatSync(process.stderr.fd);
  return file !== undefined && file.ino === error.ino && file.dev === error.dev;
}
