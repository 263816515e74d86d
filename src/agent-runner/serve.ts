import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { version } from "../base/build-info.ts";
import type { Log } from "../base/log.ts";
import { allowSilentConnections } from "../base/silent-connections.ts";
import { ActivityRequest, LeaveRequest } from "../schema/wire/activity.ts";
import { activities, type ActivityCall, type Runner } from "./activities.ts";
import { streamActivity } from "./activity-stream.ts";
import { removeStaleSocket } from "./stale-socket.ts";

export interface ServeOptions {
  readonly socket: string;
  readonly runner: Runner;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** Aborts all work; connections then close without a result. */
  readonly signal: AbortSignal;
}

export interface RunningServer {
  stop(): Promise<void>;
}

/** Serves the activities to whoever may open the socket: its owner. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { socket } = options;
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  await removeStaleSocket(socket);
  // The socket must never be open to others, not even for a moment.
  const umask = process.umask(0o177);
  const server = Bun.serve({
    // A model may think for minutes; the work has limits of its own.
    ...allowSilentConnections,
    unix: socket,
    fetch: (request) => answer(request, options),
    error: (error) => {
      options.log.error("a request failed", { error });
      return Response.json({ status: "failed" }, { status: 500 });
    },
  });
  process.umask(umask);
  chmodSync(socket, 0o600);
  return {
    async stop() {
      await server.stop(true);
      rmSync(socket, { force: true });
    },
  };
}

async function answer(request: Request, options: ServeOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "GET" && (pathname === "/healthz" || pathname === "/readyz")) {
    const isReady = !options.signal.aborted;
    return Response.json(
      { status: isReady ? "ok" : "stopping", version },
      { status: isReady ? 200 : 503 },
    );
  }
  if (pathname === "/leave") return leave(request, options.runner);
  return runActivity(request, pathname, options);
}

async function runActivity(
  request: Request,
  pathname: string,
  options: ServeOptions,
): Promise<Response> {
  const name = /^\/activities\/([\w.-]+)$/.exec(pathname)?.[1] ?? "";
  const activity = activities.get(name);
  if (!activity)
    return refuse(
      404,
      `no "${request.method} ${pathname}" here; activities are ${[...activities.keys()].join(", ")}`,
    );
  if (request.method !== "POST")
    return refuse(405, `${pathname} takes POST, not ${request.method}`);
  if (options.signal.aborted) return refuse(503, "the agent-runner is stopping");
  const body = ActivityRequest.safeParse(await readJson(request));
  if (!body.success) return refuse(400, "the body is no activity request");
  const { runId, commandId, attempt, input } = body.data;
  const stream = streamActivity(
    async (signal, progress) => {
      const call: ActivityCall = { runId, signal, progress };
      try {
        return await activity(input, call, options.runner);
      } finally {
        if (signal.aborted) options.runner.leave(runId);
      }
    },
    {
      heartbeatMs: options.runner.limits.heartbeatMs,
      signal: AbortSignal.any([options.signal, request.signal]),
      redact: options.redact,
      onBug: (error) => {
        options.log.error("an activity failed unexpectedly", {
          activity: name,
          runId,
          commandId,
          attempt,
          error: error instanceof Error ? error : new Error(String(error)),
        });
      },
    },
  );
  return new Response(stream, { headers: { "content-type": "application/x-ndjson" } });
}

async function leave(request: Request, runner: Runner): Promise<Response> {
  if (request.method !== "POST") return refuse(405, `/leave takes POST, not ${request.method}`);
  const body = LeaveRequest.safeParse(await readJson(request));
  if (!body.success) return refuse(400, 'the body is not {"runIds": […]}');
  for (const runId of body.data.runIds) runner.leave(runId);
  return new Response(null, { status: 204 });
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}

function refuse(status: number, detail: string): Response {
  return Response.json({ status, detail }, { status });
}
