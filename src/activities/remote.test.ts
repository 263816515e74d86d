import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonValue } from "../base/json.ts";
import type { ActivityContext } from "../durable/backend.ts";
import { ActivityFailure, ActivityUnavailable } from "../durable/errors.ts";
import { createCatalog } from "./catalog.ts";

let folder: string;
let socket: string;
let server: Bun.Server<undefined> | undefined;
let progress: JsonValue[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stigmer-remote-"));
  socket = join(folder, "part.sock");
  progress = [];
});
afterEach(async () => {
  await server?.stop(true);
  server = undefined;
  await rm(folder, { recursive: true });
});

function serve(handle: (request: Request) => Response | Promise<Response>): void {
  server = Bun.serve({ unix: socket, fetch: handle });
}

function ndjson(...lines: JsonValue[]): Response {
  return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function context(signal = new AbortController().signal): ActivityContext {
  return {
    runId: "run_1",
    commandId: "/step/0/model",
    idempotencyKey: "run_1//step/0/model",
    attempt: 2,
    signal,
    progress: (data) => progress.push(data),
  };
}

async function call(name: string, input: JsonValue, signal?: AbortSignal): Promise<unknown> {
  const handler = createCatalog({ server: socket, agentRunner: socket })(name);
  if (!handler) throw new Error(`there is no ${name}`);
  return handler(input, context(signal)).catch((error: unknown) => error);
}

test("an activity of another part gets its request and answers progress and a value", async () => {
  let received: unknown;
  serve(async (request) => {
    received = { path: new URL(request.url).pathname, body: await request.json() };
    return ndjson(
      { type: "progress", data: "a" },
      { type: "heartbeat" },
      { type: "progress", data: { b: 1 } },
      { type: "value", value: { text: "ab" } },
    );
  });

  expect(await call("agent.model", { q: 1 })).toEqual({ text: "ab" });
  expect(progress).toEqual(["a", { b: 1 }]);
  expect(received).toEqual({
    path: "/activities/agent.model",
    body: {
      input: { q: 1 },
      runId: "run_1",
      commandId: "/step/0/model",
      idempotencyKey: "run_1//step/0/model",
      attempt: 2,
    },
  });
});

test("a line may come in pieces, even within a letter", async () => {
  const bytes = Buffer.from('{"type":"value","value":"äöü"}\n');
  serve(
    () =>
      new Response(
        new ReadableStream({
          start: async (controller) => {
            for (const byte of bytes) {
              controller.enqueue(new Uint8Array([byte]));
              await Bun.sleep(0);
            }
            controller.close();
          },
        }),
      ),
  );

  expect(await call("agent.tool", null)).toBe("äöü");
});

test("a failure keeps what the other part said", async () => {
  const error = { type: "about:blank", status: 429, detail: "slow down" };
  serve(() => ndjson({ type: "failure", error, isRetryable: true, retryAfterMs: 50 }));

  const failure = await call("agent.model", null);

  expect(failure).toBeInstanceOf(ActivityFailure);
  expect(failure).toMatchObject({ error, isRetryable: true, retryAfterMs: 50 });
});

test.each<[string, (() => Response) | undefined]>([
  ["nobody listens", undefined],
  ["the answer ends early", () => ndjson({ type: "progress", data: 1 })],
  ["the last line is cut", () => new Response('{"type":"value","value":1}')],
  ["the part is stopping", () => new Response("stopping", { status: 503 })],
])("it is nobody's answer when %s", async (_when, handle) => {
  if (handle) serve(handle);

  expect(await call("agent.model", null)).toBeInstanceOf(ActivityUnavailable);
});

test("it is nobody's answer when the other part dies in the middle", async () => {
  serve(
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(Buffer.from('{"type":"progress","data":1}\n')),
        }),
      ),
  );

  const answer = call("agent.model", null);
  while (progress.length === 0) await Bun.sleep(1);
  await server?.stop(true);

  expect(await answer).toBeInstanceOf(ActivityUnavailable);
  expect(await answer).toMatchObject({ isCut: true });
  expect(await call("agent.model", null)).toMatchObject({
    name: "ActivityUnavailable",
    isCut: false,
  });
});

test("a part that dies before it says a word was cut, too", async () => {
  const listener = Bun.listen({
    unix: socket,
    socket: { data: (connection) => connection.terminate() },
  });

  const error = await call("agent.model", null);
  listener.stop(true);

  expect(error).toMatchObject({ name: "ActivityUnavailable", isCut: true });
});

test.each<[string, () => Response]>([
  ["a line that is none of ours", () => ndjson({ type: "other" })],
  ["a name that the part does not have", () => new Response("no such activity", { status: 404 })],
])("%s is a bug, neither a failure nor nobody's answer", async (_what, handle) => {
  serve(handle);

  const error = await call("agent.model", null);

  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(ActivityFailure);
  expect(error).not.toBeInstanceOf(ActivityUnavailable);
});

test("an input that cannot be sent is a mistake, and not tried again for ever", async () => {
  serve(() => ndjson({ type: "value", value: 1 }));
  let input: JsonValue = 1;
  for (let level = 0; level < 500_000; level += 1) input = [input];

  const error = await call("agent.model", input);

  expect(error).toBeInstanceOf(RangeError);
});

test("giving up closes the connection", async () => {
  const closed = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  serve((request) => {
    request.signal.addEventListener("abort", () => closed.resolve("closed"));
    asked.resolve();
    return new Response(new ReadableStream({ start: () => undefined }));
  });
  const controller = new AbortController();
  void call("agent.model", null, controller.signal);
  await asked.promise;

  controller.abort();

  expect(await closed.promise).toBe("closed");
});

test("a resource is resolved by the server", async () => {
  serve(async (request) => Response.json({ definition: { echo: await request.json() } }));

  const definition = await call("resolve", { kind: "Agent", name: "writer" });

  expect(definition).toEqual({ echo: { kind: "Agent", name: "writer" } });
});

test("a resource that is not there is a failure that names it", async () => {
  const problem = { type: "about:blank", title: "not found", status: 404, code: "not_found" };
  serve(() => Response.json({ ...problem, detail: 'there is no agent "writer"' }, { status: 404 }));

  const failure = await call("resolve", { kind: "Agent", name: "writer" });

  expect(failure).toMatchObject({ error: { status: 404, detail: 'there is no agent "writer"' } });
});

test.each<[string, (() => Response) | undefined]>([
  ["is away", undefined],
  ["is starting", () => new Response("", { status: 503 })],
])("resolving waits while the server %s", async (_what, handle) => {
  if (handle) serve(handle);

  expect(await call("resolve", { kind: "Agent", name: "writer" })).toBeInstanceOf(
    ActivityUnavailable,
  );
});

test("without a socket its activities do not exist", () => {
  const find = createCatalog();

  expect(["http", "resolve", "agent.model"].map((name) => typeof find(name))).toEqual([
    "function",
    "undefined",
    "undefined",
  ]);
});
