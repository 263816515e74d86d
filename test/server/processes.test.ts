import { afterAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { pathsOf } from "../../src/base/paths.ts";
import { chooseRunner } from "../../src/release/choose-runner.ts";
import { Resource } from "../../src/schema/kinds.ts";
import { until } from "./open-server.ts";
import { connectWhenReady, isAgentRunnerBuilt, pidOf, spawnServer } from "./server-process.ts";

const home = mkdtempSync(join(tmpdir(), "stigmer-server-"));
const running: Bun.Subprocess[] = [];
afterAll(async () => {
  for (const server of running) {
    server.kill("SIGTERM");
    await server.exited;
  }
  rmSync(home, { recursive: true, force: true });
});

function start() {
  const server = spawnServer(
    { STIGMER_HOME: home, ANTHROPIC_API_KEY: "sk-very-secret" },
    "--port",
    "0",
  );
  running.push(server);
  return server;
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
  const server = spawnServer(environment, ...args);
  return { status: await server.exited, text: await new Response(server.stderr).text() };
}

test.skipIf(!isAgentRunnerBuilt)(
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
    const client = await connectWhenReady(home, first.pid);
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
    const again = await connectWhenReady(home, second.pid);
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

test.skipIf(!isAgentRunnerBuilt || process.platform !== "linux")(
  "what the server keeps is for its user alone, and keys reach the agent-runner only",
  async () => {
    const client = await connectWhenReady(home, running.at(-1)!.pid);

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

test.skipIf(!isAgentRunnerBuilt)(
  "a second server on the same home or port says why it can't start",
  async () => {
    const client = await connectWhenReady(home, running.at(-1)!.pid);
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

test.skipIf(!isAgentRunnerBuilt)(
  "it tells who chose its model and its agent-runner, and why a runner was put back",
  async () => {
    const other = mkdtempSync(join(tmpdir(), "stigmer-server-"));
    const folder = join(other, "project");
    mkdirSync(folder);
    writeFileSync(join(folder, "stigmer.yaml"), "llm: { provider: anthropic }");
    const environment = { STIGMER_HOME: other, STIGMER_PROJECT_FOLDER: folder };
    const paths = pathsOf(other);
    const bytes = readFileSync("dist/agent-runner");
    const choice = { bytes, version: "dev", target: "any", source: "local" } as const;

    const chosen = await chooseRunner(paths, choice);
    const reportOnce = async () => {
      await using server = spawnServer(environment, "--port", "0");
      const client = await connectWhenReady(other, server.pid);
      return await client.server();
    };
    const report = await reportOnce();
    writeFileSync(chosen.path, bytes.toReversed());
    const healed = await reportOnce();

    expect(report.model.reason).toBe(`chosen by ${join(folder, "stigmer.yaml")}`);
    expect(report.agentRunner).toMatchObject({
      source: "local",
      chosenBy: "make install-agent-runner",
    });
    expect(healed.agentRunner).not.toHaveProperty("chosenBy");
    expect(readFileSync(join(paths.logs, "server.log"), "utf8")).toMatch(
      /agent-runner dev was damaged \(it has SHA-256 \w+ instead of \w+\) and was put back/,
    );
    rmSync(other, { recursive: true });
  },
  60_000,
);

test.skipIf(!isAgentRunnerBuilt)(
  "SIGTERM ends the server and its parts, with streams open",
  async () => {
    const server = running.at(-1)!;
    const client = await connectWhenReady(home, server.pid);
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
