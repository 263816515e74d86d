import { fstatSync, statSync } from "node:fs";
import { join } from "node:path";

import { version } from "../base/build-info.ts";
import { messageOf } from "../base/errors.ts";
import { type Log, logLevelOf } from "../base/log.ts";
import { findHome, type Paths, pathsOf } from "../base/paths.ts";
import { ownIdentity } from "../base/process-identity.ts";
import { pruneRunners } from "../release/prune-runners.ts";
import { LLM_ENVIRONMENT } from "../schema/llm.ts";
import { describeModel, llmEnvironment } from "../settings/model.ts";
import { type LoadedSettings, readSettings } from "../settings/read-settings.ts";
import { openPartLogs, type PartLogs } from "../supervisor/part-logs.ts";
import { holdServerLock, removeServerHint, writeServerHint } from "../supervisor/server-state.ts";
import { supervise } from "../supervisor/supervise.ts";
import { makeFolders } from "./folders.ts";
import { isLoopback } from "./guard.ts";
import help from "./help.txt" with { type: "text" };
import { describeParts } from "./parts.ts";
import { parseServerOptions, type ServerOptions } from "./server-options.ts";
import { startServer } from "./start-server.ts";
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
  const stopAsked = waitForStop();
  const paths = pathsOf(findHome(process.env));
  const environment = { ...process.env };
  const loaded = readSettings({ paths, environment, flags: options.flags });
  forgetSecrets();
  makeFolders(paths);
  const lock = await holdServerLock(paths);
  const logs = openLogs(paths, options, loaded);
  try {
    await runUntil(stopAsked, { paths, loaded, environment, logs });
    return 0;
  } catch (error) {
    logs.server.error(`the server could not start: ${messageOf(error)}`);
    throw error;
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
  { paths, loaded: { settings }, environment, logs }: Start,
): Promise<void> {
  const log = logs.server;
  const llm = llmEnvironment(settings, environment);
  const logLevel = logLevelOf(process.env);
  const supervisor = supervise(describeParts({ paths, log, logLevel, llm }), {
    log,
    onLine: logs.write,
    folder: paths.home,
  });
  const model = describeModel(settings, environment);
  const server = startServer({ paths, ...settings.server, model, supervisor, log });
  const { url, startedAt } = server;
  const identity = ownIdentity();
  writeServerHint(paths, { ...identity, url, version, startedAt });
  log.info(`listening on ${url}`, { home: paths.home, version });
  if (model.problem !== undefined) log.warn(model.problem);
  if (!isLoopback(settings.server.listen)) {
    log.warn("other machines can reach this server; what they send and get is not encrypted");
  }
  void supervisor.start().then(
    () => tidyUp(paths, log),
    (error: unknown) => log.error(`a part did not start: ${messageOf(error)}`),
  );
  const watch = new AbortController();
  const reason = await Promise.race([stopAsked, untilHomeIsGone(paths, watch.signal)]);
  watch.abort();
  log.info(`stopping on ${reason}`);
  await Promise.all([server.stop(), supervisor.stop()]);
  removeServerHint(paths, identity);
  log.info("stopped");
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

/** Asked for before anything is started, so that no signal is missed. */
function waitForStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.once(name, () => resolve(name));
  });
}

/** From here on no child inherits a key by chance: the agent-runner is given its own, and nobody else needs one. */
function forgetSecrets(): void {
  for (const name of LLM_ENVIRONMENT) delete process.env[name];
}

function openLogs(paths: Paths, { isForeground }: ServerOptions, loaded: LoadedSettings): PartLogs {
  const level = loaded.entries.find(({ key }) => key === "logLevel");
  // STIGMER_DEBUG counts only where nothing else was said.
  if (level?.origin !== "default") process.env["STIGMER_LOG_LEVEL"] = loaded.settings.logLevel;
  const isEchoed = isForeground || !isOwnLog(join(paths.logs, "server.log"));
  return openPartLogs(paths, isEchoed ? (line) => process.stderr.write(`${line}\n`) : undefined);
}

/** In the background standard error leads into the log file itself, where each line would be written twice. */
function isOwnLog(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  const error = fstatSync(process.stderr.fd);
  return file !== undefined && file.ino === error.ino && file.dev === error.dev;
}
