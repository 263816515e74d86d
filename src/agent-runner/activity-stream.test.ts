import { expect, test } from "bun:test";

import { ActivityFailure } from "../durable/errors.ts";
import { ActivityLine } from "../schema/wire/activity.ts";
import { streamActivity, type StreamOptions } from "./activity-stream.ts";

const bugs: unknown[] = [];
const options: StreamOptions = {
  heartbeatMs: 60_000,
  signal: new AbortController().signal,
  redact: (text) => text.replaceAll("secret", "[hidden]"),
  onBug: (error) => bugs.push(error),
};

async function linesOf(stream: ReadableStream<Uint8Array>): Promise<ActivityLine[]> {
  const text = await new Response(stream).text();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => ActivityLine.parse(JSON.parse(line)));
}

test("progress comes first, then exactly one value", async () => {
  const stream = streamActivity(async (_signal, progress) => {
    progress("a\nb");
    return { done: true };
  }, options);

  expect(await linesOf(stream)).toEqual([
    { type: "progress", data: "a\nb" },
    { type: "value", value: { done: true } },
  ]);
});

test("silence is filled with heartbeats", async () => {
  const gate = Promise.withResolvers<null>();
  const stream = streamActivity(() => gate.promise, { ...options, heartbeatMs: 5 });
  const reader = stream.getReader();

  const first = await reader.read();
  gate.resolve(null);

  expect(new TextDecoder().decode(first.value)).toBe('{"type":"heartbeat"}\n');
  await reader.cancel();
});

test("a failure carries its kind and its delay, and no secret", async () => {
  const error = { type: "urn:x", status: 429, detail: "the secret is out" };
  const stream = streamActivity(async () => {
    throw new ActivityFailure(error, { isRetryable: true, retryAfterMs: 5 });
  }, options);

  expect(await linesOf(stream)).toEqual([
    {
      type: "failure",
      error: { ...error, detail: "the [hidden] is out" },
      isRetryable: true,
      retryAfterMs: 5,
    },
  ]);
});

test("a bug is a failure for the run and an entry in the log", async () => {
  const bug = new TypeError("secret is not a function");
  const stream = streamActivity(async () => {
    throw bug;
  }, options);

  const [line] = await linesOf(stream);

  expect(line).toMatchObject({
    type: "failure",
    isRetryable: false,
    error: { status: 500, detail: "the agent-runner failed: [hidden] is not a function" },
  });
  expect(bugs).toEqual([bug]);
});

test("a reader who leaves aborts the work", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stream = streamActivity(async (signal) => {
    signal.addEventListener("abort", () => resolve(signal.reason));
    await promise;
    return null;
  }, options);

  await stream.cancel();

  expect(String(await promise)).toBe("Error: the connection was closed");
});

test("work that is stopped ends without a result", async () => {
  const stopping = new AbortController();
  const stream = streamActivity(
    async (signal) => {
      stopping.abort(new Error("the agent-runner is stopping"));
      signal.throwIfAborted();
      return null;
    },
    { ...options, signal: stopping.signal },
  );

  expect(new Response(stream).text()).rejects.toThrow("the agent-runner is stopping");
});
