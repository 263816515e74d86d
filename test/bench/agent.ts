import { mkdirSync } from "node:fs";

import { createCatalog } from "../../src/activities/catalog.ts";
import { agentProgram } from "../../src/agent/program.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { createLog } from "../../src/base/log.ts";
import { pathsOf } from "../../src/base/paths.ts";
import { openSqliteBackend, type SqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { newHome, type RunnerProcess, startRunner, stopRunner } from "../agent/runner-process.ts";
import { type BenchRow, median } from "./bench-row.ts";

const ROUNDS = 60;
const STEPS_PER_RUN = 20;
const RUNS = 5;
const DELTAS = 50;
const BUDGET_MS = 10;

/** What an agent step costs beside the model itself: a raw streamed request and a whole step to one fake server. */
export async function benchAgent(): Promise<BenchRow[]> {
  const model = startModel();
  const runner = await startRunner(newHome(), {
    STIGMER_LLM_BASE_URL: `${model.url}/v1`,
    STIGMER_LLM_MODEL: "fake",
  });
  const backend = await openEngine(runner);
  try {
    const { raw, step } = await compareSteps(model.url, runner);
    const whole = await timeRuns(backend);
    return [
      { name: "raw streamed request", value: raw, unit: "ms" },
      rowOf("model step through the agent-runner", step, raw),
      rowOf("agent step: engine, journal and agent-runner", whole, raw),
    ];
  } finally {
    await backend.stop();
    await stopRunner(runner);
    model.stop();
  }
}

function rowOf(name: string, value: number, raw: number): BenchRow {
  return {
    name,
    value,
    unit: "ms",
    against: "raw request",
    ratio: value / raw,
    budget: `under ${BUDGET_MS} ms more`,
    isWithinBudget: value - raw < BUDGET_MS,
  };
}

/** In turns, so that a busy moment of the machine meets both alike. */
async function compareSteps(url: string, runner: RunnerProcess) {
  const raws: number[] = [];
  const steps: number[] = [];
  const input: JsonValue = {
    instructions: "x",
    model: {},
    messages: [{ role: "user", text: "answer" }],
    tools: [],
  };
  for (let round = -5; round < ROUNDS; round += 1) {
    const raw = await time(() => askRaw(url));
    const step = await time(() => runner.call("agent.model", input));
    if (round < 0) continue;
    raws.push(raw);
    steps.push(step);
  }
  return { raw: median(raws), step: median(steps) };
}

async function timeRuns(backend: SqliteBackend): Promise<number> {
  const perStep: number[] = [];
  for (let run = -1; run < RUNS; run += 1) {
    const runMs = await time(() => runToEnd(backend, `run_bench${run + 1}`));
    if (run >= 0) perStep.push(runMs / STEPS_PER_RUN);
  }
  return median(perStep);
}

/** A run of steps: the model asks for a tool that is not there until it has asked often enough. */
async function runToEnd(backend: SqliteBackend, runId: string): Promise<void> {
  await backend.run({
    runId,
    program: "agent",
    subject: { kind: "Agent", name: "bench" },
    definition: { instructions: "x", limits: { stepsMax: STEPS_PER_RUN } },
    input: { message: `${STEPS_PER_RUN} steps` },
  });
  for (;;) {
    const run = await backend.describe(runId);
    if (run?.status === "completed") return;
    if (run?.status !== "running") throw new Error(`the run ended as ${JSON.stringify(run)}`);
    await Bun.sleep(1);
  }
}

async function openEngine(runner: RunnerProcess): Promise<SqliteBackend> {
  const { data, journal, blobs } = pathsOf(runner.home);
  mkdirSync(data, { recursive: true });
  const backend = openSqliteBackend({
    path: journal,
    blobs,
    programs: { agent: agentProgram },
    activities: createCatalog({ agentRunner: runner.socket }),
    log: createLog("bench", () => {}),
  });
  await backend.start();
  return backend;
}

/** Speaks the OpenAI protocol: a stream of small pieces, and a call of a tool while the conversation is short. */
function startModel() {
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const { messages } = (await request.json()) as { messages: { role: string }[] };
      const asked = JSON.stringify(messages).includes("steps");
      const answers = messages.filter(({ role }) => role === "assistant").length;
      const isLast = !asked || answers >= STEPS_PER_RUN - 1;
      const body = streamOf(isLast ? undefined : answers);
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => void server.stop(true) };
}

function streamOf(callNumber: number | undefined): ReadableStream<string> {
  const pieces: object[] = Array.from({ length: DELTAS }, () => ({ content: "word " }));
  if (callNumber !== undefined) {
    const given = { name: "missing", arguments: JSON.stringify({ callNumber }) };
    pieces.push({
      tool_calls: [{ index: 0, id: `call_${callNumber}`, type: "function", function: given }],
    });
  }
  const reason = callNumber === undefined ? "stop" : "tool_calls";
  return new ReadableStream<string>({
    start(controller) {
      for (const delta of pieces) controller.enqueue(event({ delta, finish_reason: null }));
      controller.enqueue(event({ delta: {}, finish_reason: reason }));
      controller.enqueue("data: [DONE]\n\n");
      controller.close();
    },
  });
}

function event(choice: object): string {
  const chunk = { id: "x", object: "chat.completion.chunk", created: 1, model: "fake" };
  return `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`;
}

async function askRaw(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "fake",
      stream: true,
      messages: [{ role: "user", content: "answer" }],
    }),
  });
  let text = "";
  for (const line of (await response.text()).split("\n")) {
    if (!line.startsWith("data: {")) continue;
    text += Object(JSON.parse(line.slice("data: ".length))).choices[0].delta.content ?? "";
  }
  if (text === "") throw new Error("the fake model said nothing");
  return text;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
