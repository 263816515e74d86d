import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonValue } from "../base/json.ts";
import { readLines } from "../base/lines.ts";
import type { JournalEvent } from "../durable/journal-event.ts";
import { ActivityRequest, LeaveRequest } from "../schema/wire/activity.ts";
import { JournalLine, SignalAnswer } from "../schema/wire/workflow-runner.ts";

// A busy machine is slow, not wrong.
setDefaultTimeout(30_000);

let home: string;
let runner: Bun.Subprocess<"pipe", "ignore", "pipe"> | undefined;
let parts: Bun.Server<undefined>[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "stigmer-runner-"));
  mkdirSync(join(home, "run"));
  parts = [];
});
afterEach(async () => {
  runner?.kill("SIGKILL");
  await runner?.exited;
  runner = undefined;
  await Promise.all(parts.map((part) => part.stop(true)));
  await rm(home, { recursive: true });
});

function socketOf(part: string): string {
  return join(home, "run", `${part}.sock`);
}

/** From source, as its launcher calls it, and waits until it is ready. */
async function startRunner(): Promise<void> {
  const main = JSON.stringify(join(import.meta.dir, "main.ts"));
  const script = `process.exit(await (await import(${main})).runWorkflowRunner([]))`;
  runner = Bun.spawn([process.execPath, "-e", script], {
    env: { ...process.env, STIGMER_HOME: home },
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
  });
  while ((await statusOf("GET", "/readyz")) !== 200) await Bun.sleep(5);
}

async function killRunner(): Promise<void> {
  runner?.kill("SIGKILL");
  await runner?.exited;
}

function ask(method: string, path: string, body?: JsonValue): Promise<Response> {
  return fetch(`http://runner${path}`, {
    unix: socketOf("workflow-runner"),
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function statusOf(method: string, path: string, body?: JsonValue): Promise<number> {
  return ask(method, path, body).then(
    ({ status }) => status,
    () => 0,
  );
}

async function problemOf(method: string, path: string, body?: JsonValue): Promise<unknown> {
  return (await ask(method, path, body)).json();
}

function workflow(steps: JsonValue[]): JsonValue {
  const document = { dsl: "1.0.0", namespace: "default", name: "test", version: "1.0.0" };
  return { document, do: steps };
}

function runBody(runId: string, steps: JsonValue[], input: JsonValue = {}): JsonValue {
  const subject = { kind: "Workflow", name: "default/test" };
  return { runId, program: "workflow", subject, definition: workflow(steps), input };
}

/** Reads the journal until the line fits. */
async function follow(
  after: number,
  fits: (line: JournalLine, events: readonly JournalEvent[]) => boolean,
): Promise<{ events: JournalEvent[]; progress: JsonValue[] }> {
  const response = await ask("GET", `/journal?after=${after}`);
  const events: JournalEvent[] = [];
  const progress: JsonValue[] = [];
  if (!response.body) throw new Error("the journal has no body");
  for await (const text of readLines(response.body)) {
    const line = JournalLine.parse(JSON.parse(text));
    if (line.type === "events") events.push(...line.events);
    if (line.type === "progress") progress.push(line.data);
    if (fits(line, events)) break;
  }
  return { events, progress };
}

/** Waits until the run's journal has such an event, and answers its body. */
async function untilEvent(
  runId: string,
  fits: (body: JournalEvent["body"]) => boolean,
): Promise<JournalEvent["body"] | undefined> {
  const isIt = (event: JournalEvent) => event.runId === runId && fits(event.body);
  const { events } = await follow(0, (_line, read) => read.some(isIt));
  return events.find(isIt)?.body;
}

function hasEnded(runId: string) {
  return (_line: unknown, events: readonly JournalEvent[]): boolean =>
    events.some((event) => event.runId === runId && event.body.type === "run.completed");
}

/** Stands in for the agent-runner: an agent without tools that answers at once. */
function serveAgentRunner(): ActivityRequest[] {
  const requests: ActivityRequest[] = [];
  const handle = async (request: Request): Promise<Response> => {
    const body = ActivityRequest.parse(await request.json());
    requests.push(body);
    if (request.url.endsWith("/agent.tools"))
      return ndjson({ type: "value", value: { tools: [] } });
    const value = {
      message: { role: "assistant", text: "Dear reader", toolCalls: [] },
      finishReason: "stop",
      usage: { inputTokens: 3, outputTokens: 2 },
      model: "test/canned",
    };
    const progress = { type: "progress", data: { type: "text", text: "Dear" } };
    return ndjson(progress, { type: "value", value });
  };
  parts.push(Bun.serve({ unix: socketOf("agent-runner"), fetch: handle }));
  return requests;
}

function ndjson(...lines: JsonValue[]): Response {
  return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Stands in for the server, which knows one agent. */
function serveServer(): void {
  const definition = { instructions: "Write well." };
  parts.push(Bun.serve({ unix: socketOf("server"), fetch: () => Response.json({ definition }) }));
}

describe("the workflow-runner", () => {
  test("runs a workflow that calls an agent, and shows the agent's text as it comes", async () => {
    const requests = serveAgentRunner();
    serveServer();
    await startRunner();

    const watching = follow(0, hasEnded("run_1"));
    const steps: JsonValue[] = [
      { greet: { set: { topic: "rain" } } },
      { write: { call: "agent", with: { agent: "writer", message: "${ .topic }" } } },
    ];
    const status = await statusOf("POST", "/runs", runBody("run_1", steps));
    const { events, progress } = await watching;

    expect(status).toBe(202);
    expect(progress).toEqual([{ type: "text", text: "Dear" }]);
    expect(new Set(events.map(({ runId }) => runId)).size).toBe(2);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    expect(requests).toMatchObject([{ attempt: 1, commandId: "/step/1/model" }]);
    expect(JSON.stringify(requests[0]?.input)).toContain("rain");
    const end = events.find((event) => hasEnded("run_1")(undefined, [event]));
    expect(JSON.stringify(end)).toContain("Dear reader");
  });

  test("goes on after kill -9 with what is not done, and repeats nothing that is", async () => {
    const requests = serveAgentRunner();
    serveServer();
    await startRunner();
    const steps: JsonValue[] = [
      { write: { call: "agent", with: { agent: "writer", message: "hello" } } },
      { rest: { wait: { milliseconds: 300 } } },
      { done: { set: { done: true } } },
    ];
    await statusOf("POST", "/runs", runBody("run_1", steps));
    await untilEvent("run_1", (body) => body.type === "note" && body.subject === "/do/1/rest");

    await killRunner();
    await startRunner();

    const end = await untilEvent("run_1", ({ type }) => type === "run.completed");
    expect(end).toMatchObject({ output: { done: true } });
    expect(requests).toHaveLength(1);
  });

  test("waits for an agent-runner that is not there yet", async () => {
    serveServer();
    await startRunner();
    const steps: JsonValue[] = [
      { write: { call: "agent", with: { agent: "writer", message: "hello" } } },
    ];
    await statusOf("POST", "/runs", runBody("run_1", steps));
    const watching = follow(0, hasEnded("run_1"));

    const requests = serveAgentRunner();
    await watching;

    expect(requests).toHaveLength(1);
  });

  test("takes signals once, pauses, resumes and cancels", async () => {
    await startRunner();
    const run = runBody("run_1", [{ rest: { wait: { hours: 1 } } }]);
    await statusOf("POST", "/runs", run);
    const signal = { id: "s1", name: "go", data: 1 };
    const send = async () =>
      SignalAnswer.parse(await (await ask("POST", "/runs/run_1/signals", signal)).json()).result;

    expect(await statusOf("POST", "/runs", run)).toBe(202);
    expect([await send(), await send()]).toEqual(["accepted", "duplicate"]);
    expect(await statusOf("POST", "/runs/run_1/pause")).toBe(204);
    expect(await statusOf("POST", "/runs/run_1/resume")).toBe(204);
    expect(await statusOf("POST", "/runs/run_1/cancel", { reason: "enough" })).toBe(204);
    expect(await send()).toBe("ended");
    const { events } = await follow(0, (_line, read) =>
      read.some(({ body }) => body.type === "run.cancelled"),
    );
    const life = events.filter(({ body }) => body.type.startsWith("run."));
    expect(life.map(({ body }) => body.type)).toEqual([
      "run.started",
      "run.paused",
      "run.resumed",
      "run.cancelled",
    ]);
  });

  test("tells the agent-runner of runs that are cancelled, also of those where nothing is under way", async () => {
    const left: string[] = [];
    const handle = async (request: Request): Promise<Response> => {
      left.push(...LeaveRequest.parse(await request.json()).runIds);
      return new Response(null, { status: 204 });
    };
    await startRunner();
    await statusOf("POST", "/runs", runBody("run_0", [{ rest: { wait: { hours: 1 } } }]));
    await statusOf("POST", "/runs/run_0/cancel");
    parts.push(Bun.serve({ unix: socketOf("agent-runner"), fetch: handle }));
    await statusOf("POST", "/runs", runBody("run_1", [{ rest: { wait: { hours: 1 } } }]));
    await statusOf("POST", "/runs", runBody("run_2", [{ done: { set: { done: true } } }]));
    await statusOf("POST", "/runs/run_1/pause");

    await statusOf("POST", "/runs/run_1/cancel");
    await statusOf("POST", "/runs/run_2/cancel");

    while (!left.includes("run_1")) await Bun.sleep(5);
    expect(left).not.toContain("run_2");
  });

  test("answers bad requests with a problem that names what is wrong", async () => {
    await startRunner();
    await statusOf("POST", "/runs", runBody("run_1", [{ a: { set: { b: 1 } } }]));

    expect(await problemOf("POST", "/runs/run_9/pause")).toMatchObject({
      status: 404,
      code: "not_found",
    });
    expect(await problemOf("POST", "/runs", runBody("run_1", []))).toMatchObject({
      status: 409,
      code: "conflict",
      detail: 'the run id "run_1" is taken by another run',
    });
    const bad = await problemOf("POST", "/runs", { runId: 1, program: "workflow" });
    expect(bad).toMatchObject({ status: 400, errors: [{ pointer: "/runId" }, {}, {}, {}] });
    expect(await problemOf("GET", "/journal?after=x")).toMatchObject({ status: 400 });
    expect(await problemOf("GET", "/nowhere")).toMatchObject({ status: 404 });
  });

  test("stops on SIGTERM with status 0 and takes its socket with it", async () => {
    await startRunner();
    const path = socketOf("workflow-runner");
    const mode = statSync(path).mode & 0o777;
    const reading = follow(0, () => false).catch(() => undefined);

    runner?.kill("SIGTERM");

    expect(await runner?.exited).toBe(0);
    expect(mode).toBe(0o600);
    expect(existsSync(path)).toBe(false);
    await reading;
  });

  test("refuses arguments, which it does not have", async () => {
    const { runWorkflowRunner } = await import("./main.ts");

    const error: unknown = await runWorkflowRunner(["--port"]).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "usage" });
  });
});
