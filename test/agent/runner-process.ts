import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonValue } from "../../src/base/json.ts";
import { pathsOf } from "../../src/base/paths.ts";
import { ActivityFailure, ActivityUnavailable } from "../../src/durable/errors.ts";
import { ActivityLine } from "../../src/schema/wire/activity.ts";

const MAIN = join(import.meta.dir, "../../src/agent-runner/main.ts");

export interface RunnerProcess {
  readonly home: string;
  readonly socket: string;
  readonly process: Bun.Subprocess<"pipe", "pipe", "pipe">;
  /** What it logged so far. */
  readonly log: () => string;
  /** Asks for one activity, as the durable engine does. */
  readonly call: (name: string, input: JsonValue, options?: CallOptions) => Promise<JsonValue>;
  /** One request to the socket. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
}

export interface CallOptions {
  readonly runId?: string;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: ActivityLine) => void;
}

/** A STIGMER_HOME of its own, removed at the end of the test. */
export function newHome(): string {
  return mkdtempSync(join(tmpdir(), "stigmer-agent-"));
}

/** Starts the agent-runner and waits until it serves. `program` is the source, unless a bundle is given. */
export async function startRunner(
  home: string,
  environment: Record<string, string> = {},
  program: readonly string[] = [process.execPath, MAIN],
): Promise<RunnerProcess> {
  const child = Bun.spawn([...program], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      STIGMER_HOME: home,
      ...environment,
    },
  });
  const socket = join(pathsOf(home).sockets, "agent-runner.sock");
  let log = "";
  const collecting = (async () => {
    for await (const chunk of child.stderr) log += new TextDecoder().decode(chunk);
  })();
  while (!log.includes('"ready"')) {
    if (child.exitCode !== null) {
      await collecting;
      throw new Error(`the agent-runner ended: ${log}`);
    }
    await Bun.sleep(5);
  }
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`http://agent-runner${path}`, { ...init, unix: socket, timeout: false });
  return {
    home,
    socket,
    process: child,
    log: () => log,
    request,
    call: (name, input, options) => callActivity(request, { name, input }, options),
  };
}

export async function stopRunner(runner: RunnerProcess): Promise<void> {
  runner.process.kill("SIGKILL");
  await runner.process.exited;
  rmSync(runner.home, { recursive: true, force: true });
}

async function callActivity(
  request: RunnerProcess["request"],
  { name, input }: { name: string; input: JsonValue },
  { runId = "run_test", signal, onLine }: CallOptions = {},
): Promise<JsonValue> {
  const body = { input, runId, commandId: "/c", idempotencyKey: `${runId}//c`, attempt: 1 };
  try {
    const response = await request(`/activities/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
    if (!response.ok || !response.body)
      throw new Error(`${response.status} ${await response.text()}`);
    for await (const line of linesOf(response.body)) {
      onLine?.(line);
      if (line.type === "value") return line.value;
      if (line.type === "failure") {
        const { isRetryable, retryAfterMs } = line;
        throw new ActivityFailure(line.error, {
          isRetryable,
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        });
      }
    }
  } catch (error) {
    if (error instanceof ActivityFailure) throw error;
    signal?.throwIfAborted();
    throw new ActivityUnavailable("the agent-runner does not answer", { cause: error });
  }
  throw new ActivityUnavailable("the agent-runner stopped in the middle of its answer");
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<ActivityLine> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield ActivityLine.parse(JSON.parse(line));
  }
}

/** Waits until a condition holds; the test's own time-out is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(10);
}
