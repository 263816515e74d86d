import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { createClient } from "../../src/client/http-client.ts";
import { Resource } from "../../src/schema/kinds.ts";
import { until } from "./open-server.ts";

/** The server with its real parts, from source. The agent-runner is a bundle that `make build-agent-runner` makes. */
const isBuilt = existsSync("dist/agent-runner");
if (!isBuilt) console.warn("skipped: dist/agent-runner is not built (make build-agent-runner)");

const home = mkdtempSync(join(tmpdir(), "stigmer-server-"));
const running: Bun.Subprocess[] = [];
afterAll(async () => {
  for (const server of running) {
    server.kill("SIGTERM");
    await server.exited;
  }
  rmSync(home, { recursive: true, force: true });
});

function start(...args: string[]) {
  const server = Bun.spawn(
    [process.execPath, "src/multicall/main.ts", "internal-server", "--port", "0", ...args],
    {
      env: { ...process.env, STIGMER_HOME: home, ANTHROPIC_API_KEY: "sk-very-secret" },
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  running.push(server);
  return server;
}

async function connectWhenReady(server: Bun.Subprocess) {
  const hint = join(home, "run", "server.json");
  await until(() => existsSync(hint) && JSON.parse(readFileSync(hint, "utf8")).pid === server.pid);
  const { url } = JSON.parse(readFileSync(hint, "utf8"));
  const token = readFileSync(join(home, "token"), "utf8").trim();
  const client = createClient({ url, token });
  await until(async () => (await client.server()).status === "ready");
  return { client, token };
}

function workflow(name: string, tasks: JsonObject[]): Resource {
  const spec: JsonValue = {
    document: { dsl: "1.0.3", namespace: "default", name, version: "1.0.0" },
    do: tasks,
  };
  return Resource.parse({
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Workflow",
    metadata: { name: `default/${name}` },
    spec,
  });
}

/** Starts a server that shall not start. */
async function attempt(environment: Record<string, string>, ...args: string[]) {
  const server = Bun.spawn(
    [process.execPath, "src/multicall/main.ts", "internal-server", ...args],
    { env: { ...process.env, ...environment }, stdout: "ignore", stderr: "pipe" },
  );
  return { status: await server.exited, text: await new Response(server.stderr).text() };
}

async function pidOf(client: Awaited<ReturnType<typeof connectWhenReady>>["client"], part: string) {
  const { parts } = await client.server();
  return parts.find(({ name }) => name === part)?.pid ?? 0;
}

test.skipIf(!isBuilt)(
  "a run goes on over kill -9 of the workflow-runner and of the server",
  async () => {
    let calls = 0;
    const world = Bun.serve({
      port: 0,
      fetch: () => {
        calls += 1;
        return Response.json({ answer: 42 });
      },
    });
    const first = start();
    const { client } = await connectWhenReady(first);
    await client.apply(
      workflow("survivor", [
        { ask: { call: "http", with: { method: "get", endpoint: world.url.href } } },
        { nap: { wait: { seconds: 2 } } },
        { tell: { set: { told: "${ .answer }" } } },
      ]),
    );
    const run = await client.createRun({ target: "survivor" });
    const naps = async () =>
      (await Array.fromAsync(client.events(run.id, { follow: false }))).some(
        ({ subject, type }) => subject === "/do/1/nap" && type.includes("started"),
      );
    await until(naps);

    process.kill(await pidOf(client, "workflow-runner"), "SIGKILL");
    await until(async () => (await client.server()).parts[0]!.restarts === 1);
    first.kill("SIGKILL");
    await first.exited;
    const second = start();
    const { client: again } = await connectWhenReady(second);
    const events = await Array.fromAsync(again.events(run.id));

    expect(await again.getRun(run.id)).toMatchObject({
      status: "completed",
      output: { told: 42 },
    });
    expect(calls).toBe(1);
    const sequences = events.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
    const ends = events.filter(({ type }) => type.startsWith("ai.stigmer.run."));
    expect(ends.map(({ type }) => type)).toEqual([
      "ai.stigmer.run.started.v1",
      "ai.stigmer.run.completed.v1",
    ]);
    await world.stop(true);
  },
  60_000,
);

test.skipIf(!isBuilt || process.platform !== "linux")(
  "what the server keeps is for its user alone, and keys reach the agent-runner only",
  async () => {
    const { client } = await connectWhenReady(running.at(-1)!);

    const modes = ["", "token", "data", "data/stigmer.db", "run", "logs", "run/server.sock"].map(
      (path) => statSync(join(home, path)).mode & 0o077,
    );
    expect(modes).toEqual(modes.map(() => 0));
    const socketKeys = await Promise.all(
      ["workflow-runner", "agent-runner"].map(async (part) =>
        readFileSync(`/proc/${await pidOf(client, part)}/environ`, "utf8").includes("very-secret"),
      ),
    );
    expect(socketKeys).toEqual([false, true]);
    const report = await client.server();
    expect(report.model).toMatchObject({ provider: "anthropic" });
    expect(JSON.stringify(report)).not.toContain("very-secret");
  },
  60_000,
);

test.skipIf(!isBuilt)(
  "a second server on the same home or port says why it can't start",
  async () => {
    const { client } = await connectWhenReady(running.at(-1)!);
    const other = mkdtempSync(join(tmpdir(), "stigmer-server-"));
    const { port } = new URL(client.url);

    const sameHome = await attempt({ STIGMER_HOME: home }, "--port", "0");
    const samePort = await attempt({ STIGMER_HOME: other }, "--port", port);
    const badFlag = await attempt({ STIGMER_HOME: other }, "--prot", port);

    expect(sameHome).toMatchObject({ status: 1 });
    expect(sameHome.text).toContain("a server already runs on");
    expect(samePort).toMatchObject({ status: 1 });
    expect(samePort.text).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(samePort.text).toContain("--port");
    expect(badFlag).toMatchObject({ status: 2 });
    expect(badFlag.text).toContain("did you mean --port?");
    rmSync(other, { recursive: true });
  },
  60_000,
);

test.skipIf(!isBuilt)(
  "SIGTERM ends the server and its parts, with streams open",
  async () => {
    const server = running.at(-1)!;
    const { client } = await connectWhenReady(server);
    const pids = (await client.server()).parts.map(({ pid }) => pid ?? 0);
    await client.apply(workflow("sleeper", [{ nap: { wait: { hours: 1 } } }]));
    const run = await client.createRun({ target: "sleeper" });
    const events = client.events(run.id)[Symbol.asyncIterator]();
    await events.next();

    server.kill("SIGTERM");

    expect(await server.exited).toBe(0);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(existsSync(join(home, "run", "server.json"))).toBe(false);
    expect(existsSync(join(home, "run", "server.sock"))).toBe(false);
    await events.return?.();
  },
  60_000,
);
