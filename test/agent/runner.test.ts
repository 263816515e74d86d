import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { LLMock } from "@copilotkit/aimock";

import type { JsonValue } from "../../src/base/json.ts";
import { identityOf } from "../../src/base/process-identity.ts";
import type { ActivityFailure } from "../../src/durable/errors.ts";
import type { ActivityLine } from "../../src/schema/wire/activity.ts";
import { newHome, type RunnerProcess, startRunner, stopRunner, until } from "./runner-process.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const KEY = "sk-very-secret-0123456789";
const mock = new LLMock({ port: 0, chunkSize: 4 });
let runner: RunnerProcess | undefined;

beforeEach(async () => {
  mock.on({ userMessage: "hello" }, { content: "Hi there, you." }, { latency: 40 });
  mock.on({ userMessage: "slow" }, { content: "x".repeat(400) }, { latency: 500 });
  mock.on({ userMessage: "who" }, { error: { message: `bad key ${KEY}` }, status: 401 });
  await mock.start();
});
afterEach(async () => {
  if (runner) await stopRunner(runner);
  runner = undefined;
  await mock.stop();
});

async function start(
  environment: Record<string, string> = {},
  home = newHome(),
): Promise<RunnerProcess> {
  runner = await startRunner(home, {
    STIGMER_LLM_PROVIDER: "openai-compatible",
    STIGMER_LLM_BASE_URL: `${mock.url}/v1`,
    STIGMER_LLM_MODEL: "mock",
    STIGMER_LLM_API_KEY: KEY,
    ...environment,
  });
  return runner;
}

function say(text: string): JsonValue {
  return { instructions: "x", model: {}, messages: [{ role: "user", text }], tools: [] };
}

function callOf(name: string, given: JsonValue): JsonValue {
  const tool = { name, description: "", inputSchema: {}, source: { type: "builtin" } };
  return { call: { id: "1", name, arguments: given }, tool, mcpServers: [] };
}

test("a model step streams its pieces and ends with its value", async () => {
  const { call } = await start();
  const lines: ActivityLine[] = [];

  const value = await call("agent.model", say("hello"), { onLine: (line) => lines.push(line) });

  expect(value).toMatchObject({
    message: { text: "Hi there, you." },
    model: "openai-compatible/mock",
  });
  expect(lines.slice(0, -1).every(({ type }) => type === "progress")).toBe(true);
  expect(lines.length).toBeGreaterThan(2);
});

test("a model on this machine is asked directly, whatever proxy is set", async () => {
  const nobody = "http://127.0.0.1:1";
  const { call } = await start({ HTTP_PROXY: nobody, http_proxy: nobody, HTTPS_PROXY: nobody });

  expect(await call("agent.model", say("hello"))).toMatchObject({
    message: { text: "Hi there, you." },
  });
});

test("only the owner may open the socket, and health is told", async () => {
  const { socket, request } = await start();

  const health = await request("/healthz");
  const ready = await request("/readyz");

  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(await health.json()).toEqual({ status: "ok", version: "dev" });
  expect(ready.status).toBe(200);
});

test("what is not understood is refused in words", async () => {
  const { request, call } = await start();

  const unknown = await request("/activities/agent.nap", { method: "POST", body: "{}" });
  const garbled = await request("/activities/agent.model", { method: "POST", body: "{" });
  const failure = (await call("agent.model", { messages: 1 }).catch(
    (error: unknown) => error,
  )) as ActivityFailure;

  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain("activities are agent.tools, agent.model, agent.tool");
  expect(garbled.status).toBe(400);
  expect(failure.error.detail).toContain("/instructions");
});

test("an API key is in no reply and in no log", async () => {
  const { call, log } = await start({ STIGMER_LOG_LEVEL: "debug" });

  const failure = (await call("agent.model", say("who")).catch(
    (error: unknown) => error,
  )) as ActivityFailure;

  expect(failure.error.detail).toContain("bad key [hidden key]");
  expect(log()).not.toContain(KEY);
});

test("closing the connection stops the work", async () => {
  const { call, request } = await start();
  const closing = new AbortController();
  let pieces = 0;

  const asked = call("agent.model", say("slow"), {
    signal: closing.signal,
    onLine: () => {
      pieces += 1;
      closing.abort(new Error("enough"));
    },
  });

  expect(asked).rejects.toThrow("enough");
  await asked.catch(() => {});
  expect(pieces).toBe(1);
  expect((await request("/healthz")).status).toBe(200);
});

test("a socket that a killed process left behind is taken over, a living one is not", async () => {
  const first = await start();
  const second = startRunner(first.home).then(
    () => "started",
    (error: unknown) => String(error),
  );
  expect(await second).toContain("another agent-runner serves");

  first.process.kill("SIGKILL");
  await first.process.exited;
  const third = await start({}, first.home);

  expect((await third.request("/healthz")).status).toBe(200);
});

test("a file in the place of the socket is not removed", async () => {
  const home = newHome();
  mkdirSync(join(home, "run"));
  writeFileSync(join(home, "run", "agent-runner.sock"), "precious");

  const refused = startRunner(home);

  expect(refused).rejects.toThrow("it is no socket");
  await refused.catch(() => {});
  expect(readFileSync(join(home, "run", "agent-runner.sock"), "utf8")).toBe("precious");
});

test("SIGTERM ends it with status 0 in the middle of a step, whose answer then has no result", async () => {
  const { call, process: child } = await start();
  let hasBegun = false;

  const asked = call("agent.model", say("slow"), { onLine: () => (hasBegun = true) });
  asked.catch(() => {});
  await until(() => hasBegun);
  child.kill("SIGTERM");

  expect(await child.exited).toBe(0);
  expect(asked).rejects.toThrow(/does not answer|stopped in the middle/);
  await asked.catch(() => {});
});

test.each(["SIGTERM", "SIGKILL"] as const)(
  "after %s nothing is left of a server that ignores every signal and its own input",
  async (signal) => {
    const { call, home, process: child } = await start();
    const server = {
      name: "stubborn",
      command: "sh",
      args: [join(import.meta.dir, "mcp-shell-server.sh")],
      environment: { PID_FOLDER: home },
    };
    const value = await call("agent.tools", { tools: [], mcpServers: [server] });
    await until(() => Bun.file(join(home, "grandchild")).exists());
    const pids = ["server", "grandchild"].map((name) =>
      Number(readFileSync(join(home, name), "utf8")),
    );
    expect(value).toMatchObject({ tools: [{ name: "stubborn__nap" }] });
    expect(pids.map((pid) => identityOf(pid)?.pid)).toEqual(pids);

    child.kill(signal);
    await child.exited;

    await until(() => pids.every((pid) => identityOf(pid) === undefined));
  },
);

test("when a step of a run is given up, the servers that only this run has used are stopped", async () => {
  const { call, home } = await start();
  const server = {
    name: "stubborn",
    command: "sh",
    args: [join(import.meta.dir, "mcp-shell-server.sh")],
    environment: { PID_FOLDER: home },
  };
  const closing = new AbortController();
  await call("agent.tools", { tools: [], mcpServers: [server] });
  await until(() => Bun.file(join(home, "grandchild")).exists());
  const pids = ["server", "grandchild"].map((name) =>
    Number(readFileSync(join(home, name), "utf8")),
  );

  const asked = call("agent.model", say("slow"), {
    signal: closing.signal,
    onLine: () => closing.abort(new Error("cancelled")),
  });
  await asked.catch(() => {});

  await until(() => pids.every((pid) => identityOf(pid) === undefined));
});

test("with the process that started it, it ends too", async () => {
  const { process: child } = await start({ STIGMER_PARENT_PID: String(process.pid) });

  await child.stdin.end();

  expect(await child.exited).toBe(0);
});

test("file and shell tools are refused where there is no bubblewrap", async () => {
  const { call } = await start({ PATH: "/nowhere" });

  const value = await call("agent.tool", callOf("shell", { command: "id" }));

  expect(value).toEqual({
    isError: true,
    text: "File and shell tools run in a sandbox only, and bubblewrap (bwrap) is not installed: install it, such as with `apt install bubblewrap` or `dnf install bubblewrap`, then restart the server.",
  });
});

const sandbox = Bun.spawnSync(["sh", "-c", "bwrap --ro-bind / / true"]).exitCode === 0;
if (!sandbox)
  console.warn("SKIPPED: file tools in a running agent-runner. bubblewrap does not work here.");

test.skipIf(!sandbox)("each run has a folder of its own", async () => {
  const { call, home } = await start();
  const write = callOf("write_file", { path: "a.txt", content: "hello" });
  const list = callOf("list_files", {});

  const written = await call("agent.tool", write, { runId: "run_one" });
  const own = await call("agent.tool", list, { runId: "run_one" });
  const other = await call("agent.tool", list, { runId: "run_two" });

  expect(written).toEqual({ text: "Wrote 5 bytes to a.txt.", isError: false });
  expect(own).toEqual({ text: "a.txt", isError: false });
  expect(other).toEqual({ text: "The folder is empty.", isError: false });
  expect(readFileSync(join(home, "workspaces/run_one/a.txt"), "utf8")).toBe("hello");
});

test("the servers of a run that was cancelled go with it, and those of others stay", async () => {
  const home = newHome();
  const { call, request } = await start({}, home);
  const record = join(import.meta.dir, "mcp-record-server.ts");
  const toolsOf = (name: string) => {
    const args = ["-c", `echo $$ > "${join(home, name)}"; exec "${process.execPath}" "${record}"`];
    return { tools: [], mcpServers: [{ name, command: "sh", args }] };
  };
  const pidOf = (name: string) => Number(readFileSync(join(home, name), "utf8"));
  await call("agent.tools", toolsOf("one"), { runId: "run_one" });
  await call("agent.tools", toolsOf("two"), { runId: "run_two" });
  const leave = (body: JsonValue) =>
    request("/leave", { method: "POST", body: JSON.stringify(body) });

  const answer = await leave({ runIds: ["run_one", "run_other"] });
  const wrong = await leave({ runId: "run_two" });

  expect([answer.status, wrong.status]).toEqual([204, 400]);
  await until(() => identityOf(pidOf("one")) === undefined);
  expect(identityOf(pidOf("two"))).toBeDefined();
});

test("a program asks the agent-runner what it is", () => {
  const main = join(import.meta.dir, "../../src/agent-runner/main.ts");
  const ask = (...given: string[]) =>
    Bun.spawnSync([process.execPath, main, ...given], { stderr: "pipe" });

  const version = ask("--version");
  const help = ask("--help");
  const wrong = ask("--sokcet", "x");

  expect(version.stdout.toString()).toBe("agent-runner dev\n");
  expect(help.stdout.toString()).toContain("Usage: agent-runner [--socket PATH]");
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr.toString()).toBe(
    'agent-runner: can\'t understand "--sokcet x"; try agent-runner --help\n',
  );
});

test("a limit that is no duration is refused at the start", async () => {
  expect(startRunner(newHome(), { STIGMER_LLM_STALL_TIMEOUT: "5 min" })).rejects.toThrow(
    'STIGMER_LLM_STALL_TIMEOUT is \\"5 min\\"',
  );
});
