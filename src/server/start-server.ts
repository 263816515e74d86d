import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { commit, version } from "../base/build-info.ts";
import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import type { RunnerFile } from "../release/runner-file.ts";
import type { ModelReport, Readiness, ServerReport } from "../schema/api/server.ts";
import { openStore, type Store } from "../store/open-store.ts";
import type { Supervisor } from "../supervisor/supervise.ts";
import { createApp } from "./app.ts";
import { sleep } from "./back-off.ts";
import { createHandover } from "./handover.ts";
import { createJournalTail, type JournalTail, onlyWhileRead } from "./journal-tail.ts";
import { type Listener, listenOnPort, listenOnSocket, urlOf } from "./listen.ts";
import { workflowRunnerSocket } from "./parts.ts";
import { createRunFeed } from "./run-feed.ts";
import { ensureToken } from "./token.ts";
import { connectWorkflowRunner } from "./workflow-runner-client.ts";

const HEARTBEAT_MS = 15_000;
/** How long requests under way may take once the server is told to stop. */
const DRAIN_MS = 5_000;

export interface StartOptions {
  readonly paths: Paths;
  readonly listen: string;
  readonly port: number;
  readonly model: ModelReport;
  readonly supervisor: Pick<Supervisor, "status">;
  /** Tells builds of one version apart. */
  readonly build: string;
  /** The agent-runner that was started, once one was. */
  readonly runner: () => RunnerFile | undefined;
  readonly log: Log;
}

export interface RunningServer {
  readonly url: string;
  readonly startedAt: string;
  stop(): Promise<void>;
}

/** Opens the store, serves the API and keeps runs and journal flowing. */
export function startServer(options: StartOptions): RunningServer {
  const token = ensureToken(options.paths.token);
  const store = openStore(options.paths.database);
  try {
    return serve(options, store, token);
  } catch (error) {
    void store.close();
    throw error;
  }
}

function serve(options: StartOptions, store: Store, token: string): RunningServer {
  const { paths, listen, log } = options;
  const startedAt = new Date().toISOString();
  const flow = createFlow(options, store);
  const place = { url: urlOf(listen, options.port) };
  const readiness = (): Readiness => readinessOf(options.supervisor, flow.tail);
  const app = createApp(
    {
      ...flow,
      store,
      log,
      readiness,
      problemOf: (runId) => flow.tail.problemOf(runId),
      report: () => {
        const brokenRuns = [...flow.tail.broken()];
        return report(options, readiness(), { startedAt, url: place.url, brokenRuns });
      },
      now,
      heartbeatMs: HEARTBEAT_MS,
    },
    { token, listen },
  );
  const onPort = listenOnPort(app, options);
  place.url = onPort.url;
  const onSocket = listenOnSocket(app, join(paths.sockets, "server.sock"));
  flow.start();
  return {
    url: onPort.url,
    startedAt,
    stop: async () => {
      flow.feed.close();
      await drain([onPort, onSocket], log);
      await flow.stop();
      await store.close();
    },
  };
}

/** Between the store and the engine: runs go there, their journal comes back. */
function createFlow({ paths, log }: StartOptions, store: Store) {
  const feed = createRunFeed();
  const runner = connectWorkflowRunner(workflowRunnerSocket(paths));
  const onConnect = (): void => handover.wake();
  const tail = createJournalTail({ store, runner, feed, log, now, sleep, onConnect });
  const engine = onlyWhileRead(runner, tail);
  const handover = createHandover({ store, runner: engine, feed, log, sleep });
  const stopped = new AbortController();
  let work: Promise<unknown> = Promise.resolve();
  return {
    feed,
    runner,
    handover,
    tail,
    start: () => {
      work = Promise.all([handover.work(stopped.signal), tail.follow(stopped.signal)]);
    },
    stop: async () => {
      stopped.abort();
      await work;
    },
  };
}

function now(): Date {
  return new Date();
}

function readinessOf(supervisor: Pick<Supervisor, "status">, tail: JournalTail): Readiness {
  const parts = supervisor.status();
  const isJournalConnected = tail.isConnected();
  const journalProblem = tail.problem();
  const isReady = isJournalConnected && parts.every(({ state }) => state === "ready");
  return {
    status: isReady ? "ready" : "not-ready",
    parts,
    isJournalConnected,
    ...(journalProblem !== undefined && { journalProblem }),
  };
}

function report(
  { paths, model, build, runner }: StartOptions,
  readiness: Readiness,
  place: Pick<ServerReport, "startedAt" | "url" | "brokenRuns">,
): ServerReport {
  const { home } = paths;
  const about = { version, commit, build, pid: process.pid, home, model };
  return { ...readiness, ...place, ...about, ...reportRunner(runner()) };
}

function reportRunner(runner: RunnerFile | undefined): Pick<ServerReport, "agentRunner"> {
  if (!runner) return {};
  const { path: _path, ...agentRunner } = runner;
  return { agentRunner };
}

async function drain(listeners: readonly Listener[], log: Log): Promise<void> {
  const done = Promise.all(listeners.map((listener) => listener.stop())).then(
    () => "done" as const,
    (error: unknown) => messageOf(error),
  );
  const result = await Promise.race([done, setTimeout(DRAIN_MS, "requests were still under way")]);
  if (result !== "done") log.warn(`the server stopped, but ${result}`);
}
