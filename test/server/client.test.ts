import { afterEach, expect, test } from "bun:test";

import { exitStatus, StigmerError } from "../../src/base/errors.ts";
import { createClient } from "../../src/client/http-client.ts";
import type { RunEvent } from "../../src/schema/api/run-event.ts";
import { Resource } from "../../src/schema/kinds.ts";
import { type Listener, listenOnPort } from "../../src/server/listen.ts";
import { agent, openServer, type TestServer, TOKEN, until, workflow } from "./open-server.ts";

const servers: TestServer[] = [];
const listeners: Listener[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const listener of listeners.splice(0)) await listener.stop();
});

function listen(options: Parameters<typeof openServer>[0] = {}, port = 0) {
  const server = openServer(options);
  servers.push(server);
  const listener = listenOnPort(server.app, { listen: "127.0.0.1", port });
  listeners.push(listener);
  return { server, listener, client: createClient({ url: listener.url, token: TOKEN }) };
}

async function errorOf(work: Promise<unknown>): Promise<StigmerError> {
  const error = await work.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof StigmerError) return error;
  throw error;
}

const writer = Resource.parse(agent("writer"));
const hello = Resource.parse(workflow("hello"));

test("resources are applied, got, listed and deleted", async () => {
  const { client } = listen();

  const applied = await client.apply(writer);
  const planned = await client.apply(hello, { dryRun: true });
  await client.apply(hello);
  await client.apply(Resource.parse(workflow("hello", "2.0.0")));

  expect([applied.outcome, planned.outcome]).toEqual(["created", "created"]);
  expect((await client.get("Agent", "writer")).metadata.name).toBe("writer");
  expect((await client.get("Workflow", "default/hello@1.0.0")).metadata.name).toBe("default/hello");
  expect((await client.list("Workflow")).items).toHaveLength(1);
  expect((await client.list("Workflow", { allVersions: true, limit: 1 })).nextCursor).toBeString();
  await client.delete("Workflow", "hello@2.0.0");
  await client.delete("Agent", "writer", { dryRun: true });
  expect((await client.list("Agent")).items).toHaveLength(1);
});

test("the server's Problem is thrown as what it is", async () => {
  const { client } = listen();

  const missing = await errorOf(client.get("Agent", "nobody"));
  const misspelt: typeof writer = Object.assign({}, writer, { extra: 1 });
  const bad = await errorOf(client.apply(misspelt));

  expect(missing).toMatchObject({ code: "not_found", message: 'there is no agent "nobody"' });
  expect(exitStatus[missing.code]).toBe(3);
  expect(bad).toMatchObject({
    code: "invalid_input",
    issues: [{ pointer: "/extra", message: 'unknown field "extra"' }],
  });
});

test("without the right token it is not permitted", async () => {
  const { listener } = listen();

  const error = await errorOf(createClient({ url: listener.url, token: "x" }).list("Agent"));

  expect(error.code).toBe("not_permitted");
  expect(error.hint).toContain("set STIGMER_TOKEN");
  expect(exitStatus[error.code]).toBe(4);
});

test("where no server is, one sentence says so", async () => {
  const { listener } = listen();
  const { url } = listener;
  await listener.stop();

  const error = await errorOf(createClient({ url }).list("Agent"));

  expect(error).toMatchObject({
    code: "unavailable",
    message: `no stigmer server at ${url}`,
    hint: 'start it with "stigmer server"',
  });
});

test("another server is not taken for stigmer", async () => {
  const stranger = Bun.serve({ port: 0, fetch: () => new Response("<html>", { status: 404 }) });
  const friendly = Bun.serve({ port: 0, fetch: () => new Response("<html>") });

  const refused = await errorOf(createClient({ url: stranger.url.origin }).list("Agent"));
  const answered = await errorOf(createClient({ url: friendly.url.origin }).list("Agent"));

  expect(refused.message).toContain("answered 404 and no reason");
  expect(answered.message).toContain("is not understood");
  await stranger.stop(true);
  await friendly.stop(true);
});

test("a redirect is not followed: the token is for this server", async () => {
  const seen: (string | null)[] = [];
  const thief = Bun.serve({
    port: 0,
    fetch: ({ headers }) => {
      seen.push(headers.get("authorization"));
      return new Response("{}");
    },
  });
  const first = Bun.serve({ port: 0, fetch: () => Response.redirect(thief.url.href) });

  await errorOf(createClient({ url: first.url.origin, token: TOKEN }).list("Agent"));

  expect(seen).toEqual([]);
  await thief.stop(true);
  await first.stop(true);
});

test("runs are created, listed, read and cancelled", async () => {
  const { client, server } = listen();
  await client.apply(writer);

  const run = await client.createRun({ target: "writer", message: "hi" }, { idempotencyKey: "k" });
  const again = await client.createRun(
    { target: "writer", message: "hi" },
    { idempotencyKey: "k" },
  );
  await until(() => server.runner.started.length === 1);
  const signal = await client.signalRun(run.id, { name: "go", data: { a: 1 } });
  const paused = await client.pauseRun(run.id);
  const resumed = await client.resumeRun(run.id);
  const cancelled = await client.cancelRun(run.id, "enough");

  expect(again.id).toBe(run.id);
  expect(signal).toEqual({ result: "accepted" });
  expect([paused, resumed, cancelled].map(({ status }) => status)).toEqual([
    "paused",
    "running",
    "cancelled",
  ]);
  const page = await client.listRuns({ status: "cancelled", limit: 1 });
  expect(page.items.map(({ id }) => id)).toEqual([run.id]);
  const events: RunEvent[] = [];
  for await (const event of client.events(run.id, { follow: false })) events.push(event);
  expect(events.map(({ type }) => type.replace("ai.stigmer.run.", ""))).toEqual([
    "started.v1",
    "signalled.v1",
    "paused.v1",
    "resumed.v1",
    "cancelled.v1",
  ]);
});

test("the server tells of itself also when it is not ready", async () => {
  const { client, server } = listen();
  server.runner.goDown();
  await until(async () => (await server.request("/readyz")).status === 503);

  expect(await client.server()).toMatchObject({
    status: "not-ready",
    version: "dev",
    isJournalConnected: false,
  });
});

test("events are followed over restarts of the server, without a loss or a repeat", async () => {
  const { client, server, listener } = listen();
  await client.apply(hello);
  const run = await client.createRun({ target: "hello" });
  await until(() => server.runner.started.length === 1);
  const { runner, store } = server;
  const disconnects: unknown[] = [];
  const seen: RunEvent[] = [];
  const onDisconnect = (error: unknown) => disconnects.push(error);
  const following = (async () => {
    for await (const event of client.events(run.id, { onDisconnect })) seen.push(event);
  })();
  runner.note(run.id, "first");
  await until(() => seen.length === 2);

  await server.stop();
  await listener.stop();
  runner.isUp = true;
  runner.note(run.id, "while away");
  listen({ runner, store }, Number(new URL(listener.url).port));
  runner.note(run.id, "back");
  runner.write(run.id, { type: "run.completed", output: null });

  await following;
  expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  expect(disconnects).toHaveLength(1);
});

test("a server that comes back elsewhere is followed, and only there", async () => {
  const { server, listener } = listen();
  let place: { url: string; token: string } | undefined;
  let asked = 0;
  const locate = () => {
    asked += 1;
    return place;
  };
  const client = createClient({ url: listener.url, token: TOKEN, locate });
  await client.apply(hello);
  const run = await client.createRun({ target: "hello" });
  await until(() => server.runner.started.length === 1);
  const { runner, store } = server;
  const seen: RunEvent[] = [];
  const following = (async () => {
    for await (const event of client.events(run.id)) seen.push(event);
  })();
  runner.note(run.id, "first");
  await until(() => seen.length === 2);

  await server.stop();
  await listener.stop();
  let strangerAsked = 0;
  const stranger = Bun.serve({
    port: Number(new URL(listener.url).port),
    hostname: "127.0.0.1",
    fetch: () => {
      strangerAsked += 1;
      return new Response("", { status: 401 });
    },
  });
  await until(() => asked > 0);
  runner.isUp = true;
  const elsewhere = listen({ runner, store });
  place = { url: elsewhere.listener.url, token: TOKEN };
  runner.write(run.id, { type: "run.completed", output: null });
  await following;

  expect(seen.map(({ type }) => type.replace("ai.stigmer.run.", ""))).toEqual([
    "started.v1",
    "first",
    "completed.v1",
  ]);
  expect(client.url).toBe(elsewhere.listener.url);
  await stranger.stop(true);
  expect(strangerAsked).toBe(0);
});

test("a server that stays away longer than may be is an error", async () => {
  const { client, server, listener } = listen();
  await client.apply(hello);
  const run = await client.createRun({ target: "hello" });
  await until(() => server.runner.started.length === 1);
  const seen: RunEvent[] = [];
  const following = (async () => {
    for await (const event of client.events(run.id, { awayMaxMs: 1 })) seen.push(event);
  })();
  await until(() => seen.length === 1);

  await server.stop();
  await listener.stop();

  expect((await errorOf(following)).code).toBe("unavailable");
});

test("events of a run that has ended before end at once, wherever one begins", async () => {
  const { client, server } = listen();
  await client.apply(hello);
  const run = await client.createRun({ target: "hello" });
  await until(() => server.runner.started.length === 1);
  server.runner.write(run.id, { type: "run.completed", output: null });
  await until(async () => (await client.getRun(run.id)).endedAt !== undefined);

  const counts: number[] = [];
  for (const after of [0, 1, 2, 99]) {
    const events = await Array.fromAsync(client.events(run.id, { after }));
    counts.push(events.length);
  }

  expect(counts).toEqual([2, 1, 0, 0]);
});

test("following stops when it is not wanted any more", async () => {
  const { client, server } = listen();
  await client.apply(hello);
  const run = await client.createRun({ target: "hello" });
  const wanted = new AbortController();

  const events = client.events(run.id, { signal: wanted.signal })[Symbol.asyncIterator]();
  await events.next();
  wanted.abort();

  const reason: unknown = await events.next().catch((error: Error) => error.name);
  expect(reason).toBe("AbortError");
  await until(() => !server.feed.isWatched());
});

test("events of an unknown run are a not_found, not an endless wait", async () => {
  const { client } = listen();

  const error = await errorOf(client.events("run_0")[Symbol.asyncIterator]().next());

  expect(error.code).toBe("not_found");
});
