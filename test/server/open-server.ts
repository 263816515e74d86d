import { z } from "zod";

import type { JsonValue } from "../../src/base/json.ts";
import { createLog } from "../../src/base/log.ts";
import type { Readiness } from "../../src/schema/api/server.ts";
import { createApp } from "../../src/server/app.ts";
import { createHandover } from "../../src/server/handover.ts";
import { createJournalTail, onlyWhileRead } from "../../src/server/journal-tail.ts";
import { createRunFeed } from "../../src/server/run-feed.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { FakeRunner } from "./fake-runner.ts";

export const TOKEN = "secret-token-of-the-tests";

const now = () => new Date();

/** Back-off is real, but short enough for a test to wait for. */
const sleep = (_durationMs: number, signal: AbortSignal) =>
  signal.aborted ? Promise.resolve() : Bun.sleep(2);

/** A whole server without processes: real store, routes, handover and journal tail around a runner in memory. */
export function openServer(options: { runner?: FakeRunner; store?: Store; listen?: string } = {}) {
  const runner = options.runner ?? new FakeRunner();
  const store = options.store ?? openStore(":memory:");
  const feed = createRunFeed();
  const logged: string[] = [];
  const log = createLog("server", (line) => logged.push(line), "debug");
  const stopped = new AbortController();
  const onConnect = () => handover.wake();
  const tail = createJournalTail({ store, runner, feed, log, now, sleep, onConnect });
  const engine = onlyWhileRead(runner, tail);
  const handover = createHandover({ store, runner: engine, feed, log, sleep });
  const work = Promise.all([handover.work(stopped.signal), tail.follow(stopped.signal)]);
  const readiness = (): Readiness => ({
    status: tail.isConnected() ? "ready" : "not-ready",
    parts: [],
    isJournalConnected: tail.isConnected(),
    ...(tail.problem() !== undefined && { journalProblem: tail.problem() }),
  });
  const app = createApp(
    {
      store,
      runner,
      feed,
      handover,
      readiness,
      problemOf: (runId) => tail.problemOf(runId),
      report: () => ({
        ...readiness(),
        brokenRuns: tail.broken(),
        version: "dev",
        commit: "unknown",
        pid: 1,
        url: "http://127.0.0.1:7234",
        home: "/nowhere",
        startedAt: "2026-01-01T00:00:00Z",
        model: { provider: "ollama", reason: "a test" },
      }),
      log,
      now,
      heartbeatMs: 20,
    },
    { token: TOKEN, listen: options.listen ?? "127.0.0.1" },
  );
  return {
    app,
    runner,
    store,
    feed,
    logged,
    request: (path: string, init: RequestInit & { isTrusted?: boolean } = {}) =>
      request(app, path, init),
    /** Stops as a server does; the store stays open. */
    stop: async () => {
      stopped.abort();
      feed.close();
      runner.goDown();
      await work;
    },
  };
}

export type TestServer = ReturnType<typeof openServer>;

async function request(
  app: TestServer["app"],
  path: string,
  { isTrusted = false, ...init }: RequestInit & { isTrusted?: boolean },
): Promise<Response> {
  const headers = new Headers({
    host: "127.0.0.1:7234",
    authorization: `Bearer ${TOKEN}`,
    ...(init.body === undefined ? {} : { "content-type": "application/json" }),
  });
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    if (value === "") headers.delete(name);
    else headers.set(name, String(value));
  }
  return app.fetch(new Request(`http://127.0.0.1:7234${path}`, { ...init, headers }), {
    isTrusted,
  });
}

const Body = z.record(z.string(), z.any());

export async function bodyOf(response: Response): Promise<z.infer<typeof Body>> {
  return Body.parse(await response.json());
}

export function json(body: JsonValue, method = "POST"): RequestInit {
  return { method, body: JSON.stringify(body) };
}

export function agent(name: string, spec: Record<string, JsonValue> = {}): JsonValue {
  return {
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Agent",
    metadata: { name },
    spec: { instructions: "Write.", ...spec },
  };
}

export function workflow(name: string, version = "1.0.0", namespace = "default"): JsonValue {
  return {
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Workflow",
    metadata: { name: `${namespace}/${name}` },
    spec: {
      document: { dsl: "1.0.3", namespace, name, version },
      do: [{ greet: { set: { greeting: "hello" } } }],
    },
  };
}

/** Asks until it holds; a test that never sees it fails by the runner's own time limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(2);
}
