import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultLimits, type Limits } from "../../src/agent-runner/limits.ts";
import { listMcpTools } from "../../src/agent-runner/mcp/list-tools.ts";
import { createMcpPool, type McpPool } from "../../src/agent-runner/mcp/pool.ts";
import { createReaper, type Reaper } from "../../src/agent-runner/process/reaper.ts";
import { identityOf } from "../../src/base/process-identity.ts";
import { ActivityFailure } from "../../src/durable/errors.ts";
import type { McpServerSpec } from "../../src/schema/kinds/agent.ts";
import type { McpProgress } from "../../src/schema/wire/agent-step.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** The client side of MCP, against the reference server and against servers that misbehave. */
const EVERYTHING = join(
  import.meta.dir,
  "../../node_modules/@modelcontextprotocol/server-everything/dist/index.js",
);
const RECORD = join(import.meta.dir, "../agent/mcp-record-server.ts");
const never = new AbortController().signal;
const nobody = { runId: "run_one", signal: never };

let folder = "";
let reaper: Reaper;
const pools: McpPool[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-mcp-"));
  reaper = createReaper();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  reaper.stop();
  rmSync(folder, { recursive: true });
});

function openPool(limits: Partial<Limits> = {}): McpPool {
  const environment = { PATH: process.env["PATH"], HOME: folder, ANTHROPIC_API_KEY: "sk-secret" };
  const pool = createMcpPool({ environment, reaper, limits: { ...defaultLimits, ...limits } });
  pools.push(pool);
  return pool;
}

function everything(spec: Partial<McpServerSpec> = {}): McpServerSpec {
  const args = [EVERYTHING, "stdio"];
  return { name: "every", command: process.execPath, args, environment: {}, ...spec };
}

function record(spec: Partial<McpServerSpec> = {}): McpServerSpec {
  const environment = { RECORD_FILE: join(folder, "records") };
  return { name: "record", command: process.execPath, args: [RECORD], environment, ...spec };
}

/** A server whose name says what it does to its pid file first, for tests that count starts. */
function counted(script: string): McpServerSpec {
  const args = ["-c", `echo $$ >> "${folder}/pids"; ${script}`];
  return {
    name: "counted",
    command: "sh",
    args,
    environment: { RECORD_FILE: join(folder, "records") },
  };
}

function pids(): number[] {
  const path = join(folder, "pids");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map(Number) : [];
}

function call(
  pool: McpPool,
  spec: McpServerSpec,
  name: string,
  given: Record<string, unknown> = {},
  signal = never,
) {
  const borrower = { runId: "run_one", signal };
  return pool.use(spec, borrower, (connection) => connection.callTool(name, given, signal));
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const failure: unknown = await work.catch((error: unknown) => error);
  if (failure instanceof ActivityFailure) return failure.error.detail ?? "";
  throw new Error(`expected a failure, got ${JSON.stringify(failure)}`);
}

describe("the reference server", () => {
  test("its tools are named after it, with their schemas", async () => {
    const tools = await listMcpTools([everything()], openPool(), nobody);

    const echo = tools.find(({ name }) => name === "every__echo");
    expect(tools.length).toBeGreaterThanOrEqual(10);
    expect(echo).toMatchObject({
      description: expect.stringContaining("cho"),
      inputSchema: { type: "object", properties: { message: { type: "string" } } },
      source: { type: "mcp", server: "every", tool: "echo" },
    });
  });

  test("text, structured data, pictures and links all become text", async () => {
    const pool = openPool();
    const spec = everything();

    const echo = await call(pool, spec, "echo", { message: "hi" });
    const structured = await call(pool, spec, "get-structured-content", { location: "Chicago" });
    const picture = await call(pool, spec, "get-tiny-image");
    const links = await call(pool, spec, "get-resource-links", { count: 1 });

    expect(echo).toEqual({ text: "Echo: hi", isError: false });
    expect(JSON.parse(structured.text)).toMatchObject({ humidity: expect.any(Number) });
    expect(picture.text).toMatch(/\[image, image\/png, \d+ bytes: can't be shown as text\]/);
    expect(links.text).toContain("[resource demo://");
  });

  test("arguments that do not fit and tools that are not there are told to the model", async () => {
    const pool = openPool();

    const misfit = await call(pool, everything(), "echo", { text: "hi" });
    const unknown = await call(pool, everything(), "ehco");

    expect(misfit.isError).toBe(true);
    expect(misfit.text).toContain("message");
    expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining("ehco") });
  });

  test("its environment holds what was declared, and none of our keys", async () => {
    const spec = everything({ environment: { TOKEN: "declared" } });

    const { text } = await call(openPool(), spec, "get-env");

    expect(JSON.parse(text)).toMatchObject({ TOKEN: "declared", HOME: folder });
    expect(text).not.toContain("sk-secret");
  });

  test("a variable of ours that it names is handed to it, and hidden in what it says", async () => {
    const script = `[ "$ANTHROPIC_API_KEY" = sk-secret ] && echo "got $ANTHROPIC_API_KEY" >&2; exit 4`;
    const spec = { ...counted(script), fromEnvironment: ["ANTHROPIC_API_KEY"] };

    const failure = await failureOf(call(openPool(), spec, "any"));
    const { text } = await call(
      openPool(),
      everything({ fromEnvironment: ["ANTHROPIC_API_KEY"] }),
      "get-env",
    );

    expect(failure).toContain("got [hidden key]");
    expect(JSON.parse(text)).toMatchObject({ ANTHROPIC_API_KEY: "[hidden key]" });
  });

  test("a variable that we do not have is named", async () => {
    const spec = everything({ fromEnvironment: ["ANTHROPIC_API_KEY", "NO_SUCH_KEY"] });

    expect(await failureOf(call(openPool(), spec, "get-env"))).toContain(
      'the MCP server "every" needs NO_SUCH_KEY from the environment of the stigmer server',
    );
  });

  test("only the tools that were asked for are offered, and a wrong name is met with the right one", async () => {
    const pool = openPool();

    const some = await listMcpTools([everything({ tools: ["get-sum", "echo"] })], pool, nobody);
    const wrong = await failureOf(listMcpTools([everything({ tools: ["ecko"] })], pool, nobody));

    expect(some.map(({ name }) => name).toSorted()).toEqual(["every__echo", "every__get-sum"]);
    expect(wrong).toContain(
      'the MCP server "every" has no tool "ecko" (did you mean "echo"?); it has echo, ',
    );
  });

  test("two servers run side by side under one name each", async () => {
    const servers = [
      everything({ tools: ["echo"] }),
      everything({ name: "twin", tools: ["echo"] }),
    ];

    const tools = await listMcpTools(servers, openPool(), nobody);

    expect(tools.map(({ name }) => name)).toEqual(["every__echo", "twin__echo"]);
  });
});

describe("limits", () => {
  test("a long result is cut, with a note", async () => {
    const { text } = await call(openPool(), record(), "long", { size: 300_000 });

    expect(Buffer.byteLength(text)).toBeLessThan(101_000);
    expect(text).toEndWith("\n\n[cut: the first 100000 of 600000 bytes]");
  });

  test("a message beyond all bounds ends the server, and the model is told", async () => {
    const pool = openPool();

    const flood = await call(pool, record(), "long", { size: 6_000_000 });
    const next = await call(pool, record(), "record", { text: "a" });

    expect(flood).toEqual({
      isError: true,
      text: 'The tool "long" of the MCP server "record" failed: it was stopped because it sent a message of more than 10000000 bytes.',
    });
    expect(next).toEqual({ text: "did record a", isError: false });
  });

  test("a call that takes too long is told to the model, and the server stays", async () => {
    const pool = openPool({ mcpCallMs: 200 });
    const gate = join(folder, "gate");

    const late = await call(pool, record(), "wait-for", { text: gate });
    const next = await call(pool, record(), "record", { text: "a" });

    expect(late).toEqual({
      isError: true,
      text: 'The tool "wait-for" of the MCP server "record" failed: no answer within 200 ms (STIGMER_MCP_CALL_TIMEOUT).',
    });
    expect(next.isError).toBe(false);
  });

  test.each([
    ["talk", "64000000 bytes", {}],
    ["notes", "1000 messages", { mcpFloodMessagesMax: 1_000 }],
    ["questions", "1000 messages", { mcpFloodMessagesMax: 1_000 }],
  ])("a server that does not stop saying %s is stopped at %s", async (what, limit, limits) => {
    const pool = openPool(limits);

    const flood = await call(pool, record(), "flood", { text: what });
    const next = await call(pool, record(), "record", { text: "a" });

    expect(flood).toEqual({
      isError: true,
      text: `The tool "flood" of the MCP server "record" failed: it was stopped because it sent more than ${limit} for one request.`,
    });
    expect(next.isError).toBe(false);
  });

  test("one that floods instead of starting is named with what it did", async () => {
    const flooding = { name: "noise", command: "yes", args: [], environment: {} };

    const pool = openPool({ mcpFloodBytesMax: 1_000_000 });

    expect(await failureOf(listMcpTools([flooding], pool, nobody))).toBe(
      'the MCP server "noise" (yes) did not start: it was stopped because it sent more than 1000000 bytes for one request; it wrote nothing to stderr',
    );
  });

  test("abort ends a call at once, without a result", async () => {
    const aborting = new AbortController();
    const calling = call(
      openPool(),
      record(),
      "wait-for",
      { text: join(folder, "gate") },
      aborting.signal,
    );

    setTimeout(() => aborting.abort(new Error("cancelled")), 300);

    expect(calling).rejects.toThrow("cancelled");
    await calling.catch(() => {});
  });

  test("a server that says nothing is given up", async () => {
    const silent = { name: "silent", command: "sleep", args: ["1000"], environment: {} };

    const failure = await failureOf(listMcpTools([silent], openPool({ mcpStartMs: 300 }), nobody));

    expect(failure).toBe(
      'the MCP server "silent" (sleep 1000) did not start: no answer within 300 ms (STIGMER_MCP_START_TIMEOUT); it wrote nothing to stderr',
    );
  });
});

describe("a server that takes long to start", () => {
  test("is told to whoever watches, again and again until it has started", async () => {
    const gate = join(folder, "gate");
    const slow = counted(
      `until [ -e "${gate}" ]; do sleep 0.02; done; exec "${process.execPath}" "${RECORD}"`,
    );
    const told: McpProgress[] = [];
    const progress = (piece: McpProgress) => {
      told.push(piece);
      if (told.length === 2) writeFileSync(gate, "");
    };
    const pool = openPool({ mcpStartSilentMs: 10 });

    const tools = await listMcpTools([slow], pool, { ...nobody, progress });
    const count = told.length;
    await listMcpTools([slow], pool, { ...nobody, progress });

    const [first, second] = told;
    expect(tools).toHaveLength(5);
    expect(first).toMatchObject({ type: "mcp-starting", server: "counted", limitMs: 120_000 });
    expect(second?.elapsedMs).toBeGreaterThan(first?.elapsedMs ?? Infinity);
    expect(told).toHaveLength(count);
  });

  test("is said to download where its command does", async () => {
    const npx = join(folder, "npx");
    writeFileSync(npx, "#!/bin/sh\nexec sleep 1000\n", { mode: 0o755 });
    const cold = { name: "cold", command: npx, args: ["-y", "some-server"], environment: {} };

    const failure = await failureOf(listMcpTools([cold], openPool({ mcpStartMs: 100 }), nobody));

    expect(failure).toContain(
      `no answer within 100 ms (STIGMER_MCP_START_TIMEOUT); npx downloads what it runs the first time: run "${npx} -y some-server" once by hand, or allow it more (STIGMER_MCP_START_TIMEOUT=PT10M) and restart the server`,
    );
  });
});

describe("a server that does not start", () => {
  test("a command that is not there is named, with what to do", async () => {
    const missing = record({ command: "no-such-command" });

    expect(await failureOf(listMcpTools([missing], openPool(), nobody))).toBe(
      'the MCP server "record" can\'t start: the command "no-such-command" is not found; install it, or write its full path in spec.mcpServers[].command',
    );
  });

  test("one that ends at once is named with its exit code and its last words", async () => {
    const broken = {
      name: "broken",
      command: "sh",
      args: ["-c", "echo out of paper >&2; exit 3"],
      environment: {},
    };

    expect(await failureOf(listMcpTools([broken], openPool(), nobody))).toBe(
      'the MCP server "broken" (sh -c echo out of paper >&2; exit 3) did not start: it ended with exit code 3; its last words on stderr:\nout of paper',
    );
  });

  test("one that leaves at a question it does not know is asked in the old way", async () => {
    const args = [
      "-c",
      `read -r line; case $line in *initialize*) ;; *) exit 1 ;; esac; { echo "$line"; cat; } | "${process.execPath}" "${RECORD}"`,
    ];
    const old = { name: "old", command: "sh", args, environment: {} };

    const tools = await listMcpTools([old], openPool(), nobody);

    expect(tools.map(({ name }) => name)).toContain("old__record");
  });

  test("talk on standard output is skipped", async () => {
    const args = ["-c", `echo "Welcome to the server!"; exec "${process.execPath}" "${RECORD}"`];
    const talking = { name: "talking", command: "sh", args, environment: {} };

    expect(await listMcpTools([talking], openPool(), nobody)).toHaveLength(5);
  });
});

describe("the pool", () => {
  test("one server serves many calls", async () => {
    const pool = openPool();
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);

    await Promise.all(["a", "b", "c"].map((text) => call(pool, spec, "record", { text })));

    expect(pids()).toHaveLength(1);
    expect(readFileSync(join(folder, "records"), "utf8").split("\n").filter(Boolean)).toHaveLength(
      3,
    );
  });

  test("a server that died is told to the model and started again at the next call", async () => {
    const pool = openPool();
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);

    const died = await call(pool, spec, "die");
    const next = await call(pool, spec, "record", { text: "again" });

    expect(died).toMatchObject({ isError: true, text: expect.stringContaining('"die"') });
    expect(next).toEqual({ text: "did record again", isError: false });
    expect(pids()).toHaveLength(2);
  });

  test("a server that nobody uses is stopped, and started again when it is needed", async () => {
    const pool = openPool({ mcpIdleMs: 50 });
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);

    await call(pool, spec, "record", { text: "a" });
    while (isRunning(pids()[0])) await Bun.sleep(10);
    await call(pool, spec, "record", { text: "b" });

    expect(pids()).toHaveLength(2);
  });

  test("a server in use is not idle, however long the call takes", async () => {
    const pool = openPool({ mcpIdleMs: 50 });
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);
    const gate = join(folder, "gate");
    setTimeout(() => writeFileSync(gate, ""), 300);

    const { isError } = await call(pool, spec, "wait-for", { text: gate });

    expect(isError).toBe(false);
  });

  test("what a server offers is asked anew for each agent run", async () => {
    const pool = openPool();
    const changing = join(folder, "changing.ts");
    const source = readFileSync(RECORD, "utf8").replace(
      'if (method === "tools/list")',
      'if (method === "tools/list" && !existsSync(file)) return { result: { tools: [] } };\n  if (method === "tools/list")',
    );
    writeFileSync(changing, source);

    const before = await listMcpTools([record({ args: [changing] })], pool, nobody);
    writeFileSync(join(folder, "records"), "");
    const after = await listMcpTools([record({ args: [changing] })], pool, nobody);

    expect([before.length, after.length]).toEqual([0, 5]);
  });

  test("a server whose call was aborted is stopped with all that it started", async () => {
    const pool = openPool();
    const spec = counted(
      `trap '' TERM; sleep 1000 & echo $! >> "${folder}/pids"; "${process.execPath}" "${RECORD}"; wait`,
    );
    const aborting = new AbortController();
    await call(pool, spec, "record", { text: "a" });

    const calling = call(pool, spec, "wait-for", { text: join(folder, "gate") }, aborting.signal);
    aborting.abort(new Error("cancelled"));
    await calling.catch(() => {});

    expect(pids()).toHaveLength(2);
    while (pids().some(isRunning)) await Bun.sleep(10);
    expect(await call(pool, spec, "record", { text: "b" })).toMatchObject({ isError: false });
  });

  test("an aborted call ends no call of another run on the same server", async () => {
    const pool = openPool();
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);
    const aborting = new AbortController();
    const gate = join(folder, "gate");
    await call(pool, spec, "record", { text: "a" });

    const calling = call(pool, spec, "wait-for", { text: `${gate}-2` }, aborting.signal);
    const other = call(pool, spec, "wait-for", { text: gate });
    aborting.abort(new Error("cancelled"));
    await calling.catch(() => {});
    writeFileSync(gate, "");

    expect(await other).toEqual({ text: `did wait-for ${gate}`, isError: false });
    while (pids().some(isRunning)) await Bun.sleep(10);
  });

  test("a server that is starting when its only user is aborted is stopped at once", async () => {
    const pool = openPool();
    const spec = counted("exec sleep 1000");
    const aborting = new AbortController();

    const calling = call(pool, spec, "record", {}, aborting.signal);
    while (pids().length === 0) await Bun.sleep(10);
    aborting.abort(new Error("cancelled"));
    const failure: unknown = await calling.catch((error: unknown) => error);

    expect(failure).toEqual(new Error("cancelled"));
    while (pids().some(isRunning)) await Bun.sleep(10);
    expect(pids()).toHaveLength(1);
  });

  test("an idle server goes with the only run that used it", async () => {
    const pool = openPool();
    const spec = counted(`exec "${process.execPath}" "${RECORD}"`);
    const other = { runId: "run_two", signal: never };
    await call(pool, spec, "record", { text: "a" });

    pool.leave("run_two");
    await pool.use(spec, other, (connection) => connection.callTool("record", {}, never));
    pool.leave("run_one");
    await call(pool, spec, "record", { text: "b" });
    const shared = pids();
    const own = { ...spec, environment: { RECORD_FILE: join(folder, "others") } };
    await pool.use(own, other, (connection) => connection.callTool("record", {}, never));
    pool.leave("run_two");

    expect(shared).toHaveLength(1);
    while (isRunning(pids()[1])) await Bun.sleep(10);
    expect(pids().map(isRunning)).toEqual([true, false]);
  });

  test("closing it leaves no process", async () => {
    const pool = openPool();
    const spec = counted(
      `trap '' TERM; sleep 1000 & echo $! >> "${folder}/pids"; "${process.execPath}" "${RECORD}"; wait`,
    );
    await call(pool, spec, "record", { text: "a" });

    await pool.close();

    expect(pids()).toHaveLength(2);
    while (pids().some(isRunning)) await Bun.sleep(10);
  });
});

function isRunning(pid: number | undefined): boolean {
  return pid !== undefined && identityOf(pid) !== undefined;
}
