import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { LLMock } from "@copilotkit/aimock";

import { defaultLimits } from "../../src/agent-runner/limits.ts";
import { runModelStep } from "../../src/agent-runner/model.ts";
import { ActivityFailure } from "../../src/durable/errors.ts";
import type { Message, ModelInput, ModelProgress } from "../../src/schema/wire/agent-step.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** One suite for every provider, against a mock server that speaks each one's protocol. */
const KEY = "sk-test-0123456789";
const mock = new LLMock({ port: 0, chunkSize: 5 });
const addition: ModelInput["tools"][number] = {
  name: "add",
  description: "adds",
  inputSchema: { type: "object", properties: { a: { type: "number" } } },
  source: { type: "builtin" },
};

beforeAll(async () => {
  mock.on(
    { userMessage: "hello" },
    { content: "Hi there, you.", usage: tokens(11, 7) },
    { latency: 40 },
  );
  mock.on({ userMessage: "call", hasToolResult: false }, { toolCalls: [call("add", '{"a":1}')] });
  mock.on({ userMessage: "call", hasToolResult: true }, { content: "It is 2." });
  mock.on({ userMessage: "two" }, { toolCalls: [call("add", '{"a":1}'), call("add", '{"a":2}')] });
  mock.on({ userMessage: "garbled" }, { toolCalls: [call("add", '{"a":')] });
  mock.on({ userMessage: "think" }, { content: "Yes.", reasoning: "Hm, let me see." });
  mock.on({ userMessage: "busy" }, failing(429, "slow down", 7));
  mock.on({ userMessage: "later" }, failing(429, "come back", 7_200));
  mock.on(
    { userMessage: "broke" },
    failing(429, "You exceeded your current quota: insufficient_quota"),
  );
  mock.on({ userMessage: "boom" }, failing(500, "boom"));
  mock.on({ userMessage: "who" }, failing(401, `bad key ${KEY}`));
  mock.on({ userMessage: "cut" }, { content: "x".repeat(2_000) }, { truncateAfterChunks: 3 });
  mock.on({ userMessage: "slow" }, { content: "x".repeat(50) }, { latency: 10_000 });
  await mock.start();
});
afterAll(async () => mock.stop());

function tokens(input: number, output: number) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    input_tokens: input,
    output_tokens: output,
  };
}

function call(name: string, given: string) {
  return { name, arguments: given };
}

function failing(status: number, message: string, retryAfter?: number) {
  return { error: { message, type: "test" }, status, ...(retryAfter && { retryAfter }) };
}

const providers = [
  ["anthropic", () => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: mock.url })],
  ["openai", () => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${mock.url}/v1` })],
  [
    "openai-compatible",
    () => ({
      STIGMER_LLM_PROVIDER: "openai-compatible",
      STIGMER_LLM_MODEL: "local-1",
      STIGMER_LLM_BASE_URL: `${mock.url}/v1`,
      STIGMER_LLM_API_KEY: KEY,
    }),
  ],
  ["ollama", () => ({ OLLAMA_HOST: mock.url.replace("http://", "") })],
] as const;

interface Asked {
  readonly environment: Record<string, string>;
  readonly messages: Message[];
  readonly model?: ModelInput["model"];
  readonly limits?: { modelFirstByteMs: number; modelStallMs: number };
  readonly signal?: AbortSignal;
}

async function ask({ environment, messages, model = {}, limits, signal }: Asked) {
  const pieces: ModelProgress[] = [];
  const value = await runModelStep(
    { instructions: "Be brief.", model, messages, tools: [addition] },
    {
      environment,
      limits: limits ?? defaultLimits,
      signal: signal ?? new AbortController().signal,
      progress: (piece) => pieces.push(piece),
    },
  );
  return { value, pieces };
}

async function failureOf(asked: Asked): Promise<ActivityFailure> {
  const failure: unknown = await ask(asked).then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  if (failure instanceof ActivityFailure) return failure;
  throw failure;
}

function user(text: string): Message[] {
  return [{ role: "user", text }];
}

describe.each(providers)("%s", (provider, environmentOf) => {
  const say = (text: string) => ({ environment: environmentOf(), messages: user(text) });

  test("streams its text, and gives the whole of it with its usage and its name", async () => {
    const { value, pieces } = await ask(say("hello"));

    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.map(({ text }) => text).join("")).toBe("Hi there, you.");
    expect(value.message.text).toBe("Hi there, you.");
    expect(value.finishReason).toBe("stop");
    expect(value.usage).toEqual({ inputTokens: 11, outputTokens: 7 });
    expect(value.model).toStartWith(`${provider}/`);
  });

  test("asks for a tool, and reads its result in the next step", async () => {
    const asked = say("call");
    const first = await ask(asked);
    const [toolCall] = first.value.message.toolCalls;

    const second = await ask({
      ...asked,
      messages: [
        ...asked.messages,
        first.value.message,
        { role: "tool", callId: toolCall?.id ?? "", name: "add", text: "2", isError: false },
      ],
    });

    expect(first.value.finishReason).toBe("tool-calls");
    expect(toolCall).toMatchObject({ name: "add", arguments: { a: 1 } });
    expect(second.value.message).toMatchObject({ text: "It is 2.", toolCalls: [] });
  });

  test("asks for two tools at once, each with an id of its own", async () => {
    const { value } = await ask(say("two"));

    const { toolCalls } = value.message;
    expect(toolCalls.map((asked) => asked.arguments)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  // The mock server mends such arguments itself in Anthropic's form.
  test.skipIf(provider === "anthropic")(
    "arguments that are no JSON come as the text they are, and do not break the next step",
    async () => {
      const { value } = await ask(say("garbled"));
      const [toolCall] = value.message.toolCalls;
      expect(typeof toolCall?.arguments).toBe("string");

      const next = await ask({
        environment: environmentOf(),
        messages: [
          ...user("call"),
          value.message,
          { role: "tool", callId: toolCall?.id ?? "", name: "add", text: "no JSON", isError: true },
        ],
      });

      expect(next.value.message.text).toBe("It is 2.");
    },
  );

  test("shows its reasoning apart from its text", async () => {
    const { value, pieces } = await ask(say("think"));

    const reasoning = pieces.filter(({ type }) => type === "reasoning");
    expect(reasoning.map(({ text }) => text).join("")).toBe("Hm, let me see.");
    expect(value.message.text).toBe("Yes.");
  });

  test("a full house may be tried again, after the time it asked for", async () => {
    const failure = await failureOf(say("busy"));

    expect(failure.isRetryable).toBe(true);
    expect(failure.retryAfterMs).toBe(7_000);
    expect(failure.error).toMatchObject({
      type: "https://stigmer.ai/errors/model",
      status: 429,
      detail: expect.stringContaining("answered 429: slow down"),
    });
  });

  test("a house that is full for long is not waited for", async () => {
    const failure = await failureOf(say("later"));

    expect(failure.isRetryable).toBe(false);
    expect(failure.error.detail).toContain("answered 429: come back (it asks to wait 2 h 00 m)");
  });

  test("an empty account is not tried again", async () => {
    expect((await failureOf(say("broke"))).isRetryable).toBe(false);
  });

  test("an error of the server may be tried again", async () => {
    const failure = await failureOf(say("boom"));

    expect(failure.isRetryable).toBe(true);
    expect(failure.error).toMatchObject({
      status: 500,
      detail: expect.stringContaining("answered 500: boom"),
    });
  });

  test("a refused key is said with the variable to check, and is not tried again", async () => {
    const failure = await failureOf(say("who"));

    expect(failure.isRetryable).toBe(false);
    expect(failure.error.detail).toMatch(/answered 401: .*\(check \w+_KEY\)$/);
  });

  test("a stream that is cut may be tried again", async () => {
    const failure = await failureOf(say("cut"));

    expect(failure.isRetryable).toBe(true);
    expect(failure.error.detail).toContain("broke off in the middle of its answer");
  });

  test("a stream that stalls is given up", async () => {
    const failure = await failureOf({
      ...say("slow"),
      limits: { modelFirstByteMs: 300, modelStallMs: 300 },
    });

    expect(failure.isRetryable).toBe(true);
    expect(failure.error).toMatchObject({
      status: 504,
      detail: expect.stringMatching(/was silent: .* 300 ms \(STIGMER_LLM_\w+_TIMEOUT\)$/),
    });
  });

  test("abort ends the step at once", async () => {
    const aborting = new AbortController();
    const reason = new Error("cancelled");

    const asked = ask({ ...say("slow"), signal: aborting.signal });
    setTimeout(() => aborting.abort(reason), 50);

    expect(asked).rejects.toBe(reason);
    await asked.catch(() => {});
  });
});

describe("a server that speaks nonsense", () => {
  const answers = {
    html: () => new Response("<html>it works</html>", { headers: { "content-type": "text/html" } }),
    garbage: () =>
      new Response("data: {not json\n\ndata: [DONE]\n\n", {
        headers: { "content-type": "text/event-stream" },
      }),
    empty: () => new Response("", { headers: { "content-type": "text/event-stream" } }),
  };

  test.each(Object.entries(answers))(
    "%s is no answer, and may be tried again",
    async (_kind, answer) => {
      using server = Bun.serve({ port: 0, fetch: answer });
      for (const [, environmentOf] of providers) {
        const url = `http://127.0.0.1:${server.port}/v1`;
        const environment = Object.fromEntries(
          Object.entries(environmentOf()).map(([name, value]) => [
            name,
            /URL$|HOST$/.test(name) ? url : value,
          ]),
        );

        const failure = await failureOf({ environment, messages: user("hello") });

        expect(failure.isRetryable).toBe(true);
        expect(failure.error.status).toBe(502);
      }
    },
  );
});

test("anthropic: arguments that are no JSON come as the text they are", async () => {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const events = [
    {
      type: "message_start",
      message: { id: "m", model: "x", role: "assistant", content: [], usage },
    },
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "t1", name: "add", input: {} },
    },
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json: '{"a":' },
    },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage },
    { type: "message_stop" },
  ];
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  using server = Bun.serve({
    port: 0,
    fetch: () => new Response(body.join(""), { headers: { "content-type": "text/event-stream" } }),
  });
  const url = `http://127.0.0.1:${server.port}`;

  const { value } = await ask({
    environment: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url },
    messages: user("garbled"),
  });

  expect(value.message.toolCalls).toEqual([{ id: "t1", name: "add", arguments: '{"a":' }]);
});

test.each([
  ["at the start", []],
  [
    "in the middle",
    [
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    ],
  ],
])("anthropic: an error in the stream %s is as lasting as it says", async (_when, begun) => {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const start = {
    type: "message_start",
    message: { id: "m", model: "x", role: "assistant", content: [], usage },
  };
  const failWith = async (error: { type: string; message: string }) => {
    const events = [start, ...begun, { type: "error", error }];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    using server = Bun.serve({
      port: 0,
      fetch: () =>
        new Response(body.join(""), { headers: { "content-type": "text/event-stream" } }),
    });
    const url = `http://127.0.0.1:${server.port}`;
    const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url };
    const failure = await failureOf({ environment, messages: user("hello") });
    return failure;
  };

  const busy = await failWith({ type: "overloaded_error", message: "Overloaded" });
  const wrong = await failWith({ type: "invalid_request_error", message: "prompt is too long" });

  expect(busy.isRetryable).toBe(true);
  expect(busy.error.detail).toContain("Overloaded");
  expect(wrong.isRetryable).toBe(false);
  expect(wrong.error.detail).toContain("prompt is too long");
});

test.each([
  ["the password of the address", {}, `Basic ${btoa("me:s3cret-word")}`],
  ["the key in its place", { STIGMER_LLM_API_KEY: KEY }, `Bearer ${KEY}`],
])("openai-compatible: %s is sent, and is not in the failure", async (_what, more, sent) => {
  const seen: (string | null)[] = [];
  using server = Bun.serve({
    port: 0,
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return Response.json({ error: "not here" }, { status: 404 });
    },
  });
  const { host } = server.url;
  const environment = {
    STIGMER_LLM_BASE_URL: `http://me:s3cret-word@${host}/v1`,
    STIGMER_LLM_MODEL: "local-1",
    ...more,
  };

  const found = await failureOf({ environment, messages: user("hello") });
  await server.stop(true);
  const gone = await failureOf({ environment, messages: user("hello") });

  expect(seen).toEqual([sent]);
  expect(found.error.detail).toContain(`the address http://${host}/v1`);
  expect(gone.error.detail).toContain(`can't be reached at http://${host}/v1`);
  expect(JSON.stringify([found.error, gone.error])).not.toContain("s3cret");
});

describe("nobody to ask", () => {
  test("without a key or a server, one sentence says what to do", async () => {
    using server = Bun.serve({ port: 0, fetch: () => new Response() });
    const host = `127.0.0.1:${server.port}`;
    await server.stop(true);

    const failure = await failureOf({
      environment: { OLLAMA_HOST: host },
      messages: user("hello"),
    });

    expect(failure.isRetryable).toBe(false);
    expect(failure.error.detail).toBe(
      `Ollama does not answer at http://${host}: start it with "ollama serve" (and "ollama pull qwen3:8b"), or choose another provider with STIGMER_LLM_PROVIDER or an API key such as ANTHROPIC_API_KEY`,
    );
  });

  test("where the agent pins a server that is away, it says where to change that", async () => {
    using server = Bun.serve({ port: 0, fetch: () => new Response() });
    const host = `127.0.0.1:${server.port}`;
    await server.stop(true);

    const failure = await failureOf({
      environment: { OLLAMA_HOST: host },
      model: { provider: "ollama" },
      messages: user("hello"),
    });

    expect(failure.error.detail).toEndWith(
      '(and "ollama pull qwen3:8b"), or change model in the agent',
    );
  });

  test.each(["anthropic", "openai"])("%s without a key is not even asked", async (provider) => {
    const failure = await failureOf({
      environment: { STIGMER_LLM_PROVIDER: provider },
      messages: user("hello"),
    });

    expect(failure.isRetryable).toBe(false);
    expect(failure.error.detail).toContain(`no API key for ${provider}: set `);
  });
});

describe("what a provider wants back", () => {
  test("reasoning goes back to the model that gave it, with its signature", async () => {
    using recorder = startRecorder();
    const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: recorder.url };
    const { value } = await ask({ environment, messages: user("think") });

    await ask({ environment, messages: [...user("think"), value.message, ...user("hello")] });

    expect(JSON.stringify(value.message.opaque)).toContain("signature");
    expect(recorder.bodies[1]).toContain("Hm, let me see.");
    expect(recorder.bodies[1]).toContain('"signature"');
  });

  test("another model gets the text alone", async () => {
    using recorder = startRecorder();
    const anthropic = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: mock.url };
    const ollama = { OLLAMA_HOST: recorder.url };
    const { value } = await ask({ environment: anthropic, messages: user("think") });

    await ask({
      environment: ollama,
      messages: [...user("think"), value.message, ...user("hello")],
    });

    expect(recorder.bodies[0]).toContain("Yes.");
    expect(recorder.bodies[0]).not.toContain("Hm, let me see.");
  });

  test("the conversation so far is marked for Anthropic's cache", async () => {
    using recorder = startRecorder();
    const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: recorder.url };
    const calls = [{ id: "c1", name: "add", arguments: { a: 1 } }];

    await ask({
      environment,
      messages: [
        ...user("call"),
        { role: "assistant", text: "", toolCalls: calls },
        { role: "tool", callId: "c1", name: "add", text: "2", isError: false },
      ],
    });

    const { messages } = JSON.parse(recorder.bodies[0] ?? "");
    expect(messages.at(-1).content.at(-1)).toMatchObject({
      type: "tool_result",
      cache_control: { type: "ephemeral" },
    });
  });

  test("nothing is stored at OpenAI", async () => {
    using recorder = startRecorder();
    const environment = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${recorder.url}/v1` };

    await ask({ environment, messages: user("hello") });

    expect(JSON.parse(recorder.bodies[0] ?? "")).toMatchObject({ store: false });
  });
});

/** Stands before the mock server and keeps each body as it was sent. */
function startRecorder() {
  const bodies: string[] = [];
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const body = await request.text();
      bodies.push(body);
      const { pathname } = new URL(request.url);
      const headers = { "content-type": "application/json", authorization: "Bearer x" };
      return fetch(`${mock.url}${pathname}`, { method: request.method, headers, body });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    bodies,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
