import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../../src/base/errors.ts";
import { createClient } from "../../src/client/http-client.ts";
import { Resource } from "../../src/schema/kinds.ts";
import { connectWhenReady, isAgentRunnerBuilt, pidOf, spawnServer } from "./server-process.ts";

const home = mkdtempSync(join(tmpdir(), "stigmer-kills-"));
const running: ReturnType<typeof spawnServer>[] = [];
afterAll(async () => {
  for (const server of running) {
    server.kill("SIGTERM");
    await server.exited;
  }
  rmSync(home, { recursive: true, force: true });
});

function start(port: string) {
  const server = spawnServer({ STIGMER_HOME: home }, "--port", port);
  running.push(server);
  return server;
}

/** As a careful caller does it: the same request again until somebody has answered. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StigmerError) || error.code !== "unavailable") throw error;
      await Bun.sleep(20);
    }
  }
}

test.skipIf(!isAgentRunnerBuilt)(
  "whatever is killed while runs pour in, each accepted run completes once",
  async () => {
    let server = start("0");
    const first = await connectWhenReady(home, server.pid);
    const token = readFileSync(join(home, "token"), "utf8").trim();
    const client = createClient({ url: first.url, token });
    const document = { dsl: "1.0.3", namespace: "default", name: "w", version: "1.0.0" };
    await client.apply(
      Resource.parse({
        apiVersion: "agentic.stigmer.ai/v1",
        kind: "Workflow",
        metadata: { name: "default/w" },
        spec: {
          document,
          do: [{ nap: { wait: { milliseconds: 100 } } }, { tell: { set: { n: "${ .n }" } } }],
        },
      }),
    );

    const over = new AbortController();
    const ids: string[] = [];
    const pouring = (async () => {
      while (!over.signal.aborted) {
        const n = ids.length;
        const body = { target: "w", input: { n } };
        const run = await insist(() => client.createRun(body, { idempotencyKey: `key-${n}` }));
        ids.push(run.id);
        await Bun.sleep(10);
      }
    })();
    for (const victim of ["workflow-runner", "server", "workflow-runner", "server"]) {
      const before = ids.length;
      while (ids.length < before + 5) await Bun.sleep(5);
      if (victim === "server") {
        server.kill("SIGKILL");
        await server.exited;
        server = start(new URL(client.url).port);
      } else process.kill(await insist(() => pidOf(client, victim)), "SIGKILL");
    }
    over.abort();
    await pouring;
    await connectWhenReady(home, server.pid);

    expect(new Set(ids).size).toBe(ids.length);
    for (const [n, id] of ids.entries()) {
      const events = await Array.fromAsync(client.events(id));
      const eventIds = events.map((event) => event.id);
      expect(new Set(eventIds).size).toBe(eventIds.length);
      expect(events.filter(({ type }) => type === "ai.stigmer.run.started.v1")).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({
        type: "ai.stigmer.run.completed.v1",
        data: { output: { n } },
      });
    }
  },
  120_000,
);
