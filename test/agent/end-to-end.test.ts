import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { LLMock } from "@copilotkit/aimock";

import { createCatalog } from "../../src/activities/catalog.ts";
import { agentProgram } from "../../src/agent/program.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { createLog } from "../../src/base/log.ts";
import { pathsOf } from "../../src/base/paths.ts";
import type { JournalEvent } from "../../src/durable/journal-event.ts";
import { openSqliteBackend, type SqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { newHome, type RunnerProcess, startRunner, stopRunner, until } from "./runner-process.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** The agent program on the embedded engine, with a real agent-runner, a real MCP server and a mock model. */
const mock = new LLMock({ port: 0, chunkSize: 6 });
let runner: RunnerProcess;
let backend: SqliteBackend;
let records = "";
const pieces: JsonValue[] = [];

beforeEach(async () => {
  await mock.start();
  const home = newHome();
  records = join(home, "records");
  runner = await startRunner(home, environment());
  backend = await openEngine(home);
  pieces.length = 0;
});
afterEach(async () => {
  await backend.stop();
  await stopRunner(runner);
  mock.clearFixtures();
  await mock.stop();
});

function environment(): Record<string, string> {
  return { ANTHROPIC_API_KEY: "sk-test-0123456789", ANTHROPIC_BASE_URL: mock.url };
}

async function openEngine(home: string): Promise<SqliteBackend> {
  const { sockets, data, journal, blobs } = pathsOf(home);
  mkdirSync(data, { recursive: true });
  const engine = openSqliteBackend({
    path: journal,
    blobs,
    programs: { agent: agentProgram },
    activities: createCatalog({ agentRunner: join(sockets, "agent-runner.sock") }),
    onProgress: ({ data: piece }) => pieces.push(piece),
    log: createLog("test", () => {}),
  });
  await engine.start();
  return engine;
}

function definition(): JsonValue {
  return {
    instructions: "Do as you are told.",
    mcpServers: [
      {
        name: "notes",
        command: process.execPath,
        args: [join(import.meta.dir, "mcp-record-server.ts")],
        environment: { RECORD_FILE: records },
      },
    ],
  };
}

async function startRun(message: string): Promise<string> {
  const runId = `run_${message}`;
  await backend.run({
    runId,
    program: "agent",
    subject: { kind: "Agent", name: "scribe" },
    definition: definition(),
    input: { message },
  });
  return runId;
}

async function endOf(runId: string) {
  for (;;) {
    const run = await backend.describe(runId);
    if (run && run.status !== "running") return run;
    await Bun.sleep(10);
  }
}

async function journalOf(runId: string): Promise<JournalEvent[]> {
  const reading = new AbortController();
  const found: JournalEvent[] = [];
  for await (const events of backend.events(0, reading.signal)) {
    found.push(...events.filter((event) => event.runId === runId));
    if (events.some(({ body }) => /^run\.(completed|failed)$/.test(body.type))) break;
  }
  reading.abort();
  return found;
}

function notesIn(journal: readonly JournalEvent[]): string[] {
  return journal.flatMap(({ body }) =>
    body.type === "note" ? [body.noteType.replace(/^ai\.stigmer\.agent\.|\.v1$/g, "")] : [],
  );
}

/** The MCP servers that a process has started and that still run. */
function serversOf(pid: number): string[] {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** Linux: ps and pgrep are not on every machine. */
function fromProc(parent: number): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (!status.includes(`\nPPid:\t${parent}\n`)) return false;
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("mcp-record-server");
    } catch {
      return false;
    }
  });
}

function fromPs(parent: number): string[] {
  const { stdout } = Bun.spawnSync(["ps", "-axo", "pid=,ppid=,command="]);
  const lines = stdout.toString().split("\n");
  return lines.flatMap((line) => {
    const [, pid, of, command = ""] = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
    return Number(of) === parent && command.includes("mcp-record-server") ? [pid ?? ""] : [];
  });
}

function recordCall(text: string) {
  return { name: "notes__record", arguments: JSON.stringify({ text }) };
}

test("an agent calls its tools at the same time, reads them and answers", async () => {
  mock.on(
    { userMessage: "two", hasToolResult: false },
    { toolCalls: [recordCall("a"), recordCall("b")] },
  );
  mock.on({ userMessage: "two", hasToolResult: true }, { content: "Both are written." });

  const runId = await startRun("two");
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "Both are written.", steps: 2 });
  expect(readFileSync(records, "utf8").split("\n").filter(Boolean).toSorted()).toEqual(["a", "b"]);
  expect(pieces.map((piece) => Object(piece).text).join("")).toBe("Both are written.");
  expect(notesIn(await journalOf(runId))).toEqual([
    "started",
    "step-started",
    "tool-call",
    "tool-call",
    "tool-result",
    "tool-result",
    "step-started",
    "message",
    "completed",
  ]);
});

test("a busy model is asked again, and the run says so", async () => {
  mock.nextRequestError(429, { message: "slow down", type: "rate_limit_error" });
  mock.on({ userMessage: "busy" }, { content: "At last." });

  const runId = await startRun("busy");
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "At last." });
  const retries = (await journalOf(runId)).filter(({ body }) => body.type === "activity.retrying");
  expect(retries).toHaveLength(1);
  expect(retries[0]?.body).toMatchObject({ commandId: "/step/1/model", error: { status: 429 } });
});

test("a model that says no ends the run with its reason and its place", async () => {
  mock.on({ userMessage: "no" }, { error: { message: "no such model" }, status: 404 });

  const run = await endOf(await startRun("no"));

  expect(run.status).toBe("failed");
  expect(run.error).toMatchObject({
    type: "https://stigmer.ai/errors/model",
    status: 404,
    detail: expect.stringContaining("no such model"),
    instance: "/step/1/model",
  });
});

test.each(["wait-for", "flood"])(
  "a run that is cancelled in the middle of the tool %s leaves no server behind",
  async (tool) => {
    const name = `notes__${tool}`;
    const given = JSON.stringify({ text: tool === "flood" ? "talk" : "/nowhere" });
    mock.on({ userMessage: "stop" }, { toolCalls: [{ name, arguments: given }] });
    const runId = await startRun("stop");
    await until(async () => {
      const run = await backend.describe(runId);
      return run?.pending.some((id) => id.startsWith("/step/1/tool")) === true;
    });
    const servers = serversOf(runner.process.pid);

    await backend.cancel(runId, "enough");

    expect(servers).toHaveLength(1);
    await until(() => serversOf(runner.process.pid).length === 0);
    expect((await runner.request("/healthz")).status).toBe(200);
  },
);

test("a tool that dies is told to the model, and the next call finds a new server", async () => {
  mock.on(
    { userMessage: "die", turnIndex: 0 },
    { toolCalls: [{ name: "notes__die", arguments: "{}" }] },
  );
  mock.on({ userMessage: "die", turnIndex: 1 }, { toolCalls: [recordCall("later")] });
  mock.on({ userMessage: "die", turnIndex: 2 }, { content: "Recovered." });

  const runId = await startRun("die");
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "Recovered.", steps: 3 });
  expect(readFileSync(records, "utf8")).toBe("later\n");
});

test("after kill -9 of the agent-runner in a model step the run goes on, and no finished call is repeated", async () => {
  mock.on({ userMessage: "kill", hasToolResult: false }, { toolCalls: [recordCall("once")] });
  mock.on(
    { userMessage: "kill", hasToolResult: true },
    { content: "It is written, and only once." },
    { latency: 200 },
  );
  const runId = await startRun("kill");
  await until(() => pieces.length > 0);

  runner.process.kill("SIGKILL");
  await runner.process.exited;
  runner = await startRunner(runner.home, environment());
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "It is written, and only once.", steps: 2 });
  expect(readFileSync(records, "utf8")).toBe("once\n");
});

test("after kill -9 of the agent-runner in a tool call that call is made again", async () => {
  const gate = join(runner.home, "gate");
  const wait = { name: "notes__wait-for", arguments: JSON.stringify({ text: gate }) };
  mock.on({ userMessage: "wait", hasToolResult: false }, { toolCalls: [recordCall("once"), wait] });
  mock.on({ userMessage: "wait", hasToolResult: true }, { content: "The gate is open." });
  const runId = await startRun("wait");
  await until(async () => {
    const pending = (await backend.describe(runId))?.pending ?? [];
    return existsSync(records) && pending.join() === "/step/1/tool/1";
  });

  runner.process.kill("SIGKILL");
  await runner.process.exited;
  runner = await startRunner(runner.home, environment());
  writeFileSync(gate, "");
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "The gate is open.", steps: 2 });
  expect(readFileSync(records, "utf8")).toBe("once\n");
});

test("after a stop of the engine in the middle of a run it goes on from the last finished step", async () => {
  mock.on({ userMessage: "stop", hasToolResult: false }, { toolCalls: [recordCall("once")] });
  mock.on(
    { userMessage: "stop", hasToolResult: true },
    { content: "Still here, after all." },
    { latency: 200 },
  );
  const runId = await startRun("stop");
  await until(() => pieces.length > 0);

  await backend.stop();
  backend = await openEngine(runner.home);
  const run = await endOf(runId);

  expect(run.output).toMatchObject({ text: "Still here, after all.", steps: 2 });
  expect(readFileSync(records, "utf8")).toBe("once\n");
});
