import { afterEach, describe, expect, test } from "bun:test";

import { StigmerError } from "../../src/base/errors.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { FakeRunner } from "./fake-runner.ts";
import {
  agent,
  bodyOf,
  json,
  openServer,
  type TestServer,
  until,
  workflow,
} from "./open-server.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

function open(options: Parameters<typeof openServer>[0] = {}): TestServer {
  const server = openServer(options);
  servers.push(server);
  return server;
}

async function openWithResources(options: Parameters<typeof openServer>[0] = {}) {
  const server = open(options);
  await server.request("/v1/agents/writer", json(agent("writer"), "PUT"));
  await server.request("/v1/workflows/hello", json(workflow("hello"), "PUT"));
  return server;
}

async function createRun(server: TestServer, body: JsonValue): Promise<string> {
  const response = await server.request("/v1/runs", json(body));
  expect(response.status).toBe(201);
  return (await bodyOf(response))["id"];
}

async function statusOf(server: TestServer, id: string): Promise<string> {
  return (await bodyOf(await server.request(`/v1/runs/${id}`)))["status"];
}

describe("creating", () => {
  test("a run is answered as pending, with its address, and handed over", async () => {
    const server = await openWithResources();

    const response = await server.request(
      "/v1/runs",
      json({ target: "hello", input: { name: "you" }, labels: { by: "me" } }),
    );

    expect(response.status).toBe(201);
    const run = await bodyOf(response);
    expect(response.headers.get("location")).toBe(`/v1/runs/${run["id"]}`);
    expect(run).toMatchObject({
      kind: "Workflow",
      name: "default/hello",
      version: "1.0.0",
      status: "pending",
      input: { name: "you" },
      labels: { by: "me" },
      lastSequence: 0,
    });
    await until(async () => (await statusOf(server, run["id"])) === "running");
    expect(server.runner.started).toMatchObject([
      {
        runId: run["id"],
        program: "workflow",
        subject: { kind: "Workflow", name: "default/hello" },
        definition: { document: { name: "hello" } },
        input: { name: "you" },
      },
    ]);
  });

  test("an agent gets its message, by itself or in the input", async () => {
    const server = await openWithResources();

    const ids = [
      await createRun(server, { target: "writer", message: "hi" }),
      await createRun(server, { target: "agent/writer", input: { message: { any: "json" } } }),
    ];

    await until(() => server.runner.started.length === 2);
    const inputs = ids.map((id) => server.runner.started.find(({ runId }) => runId === id)?.input);
    expect(inputs).toEqual([{ message: "hi" }, { message: { any: "json" } }]);
  });

  test.each<[string, JsonValue, number, Record<string, unknown>]>([
    [
      "an unknown target",
      { target: "writter", message: "x" },
      404,
      { hint: 'did you mean "writer"?' },
    ],
    [
      "an unknown workflow",
      { target: "workflow/helo" },
      404,
      { hint: 'did you mean "default/hello"?' },
    ],
    ["an unknown version", { target: "hello@9.0.0" }, 404, { hint: "its versions are 1.0.0" }],
    [
      "an agent without a message",
      { target: "writer" },
      422,
      { errors: [expect.objectContaining({ pointer: "/message" })] },
    ],
    [
      "an agent with another input",
      { target: "writer", input: { message: "x", mesage: 1 } },
      422,
      { errors: [expect.objectContaining({ pointer: "/input/mesage" })] },
    ],
    [
      "a workflow with a message",
      { target: "hello", message: "x" },
      422,
      { errors: [expect.objectContaining({ pointer: "/message" })] },
    ],
    [
      "an unknown field",
      { target: "hello", inptu: {} },
      422,
      { errors: [expect.objectContaining({ pointer: "/inptu", suggestion: "input" })] },
    ],
  ])("%s is refused", async (_name, body, status, expected) => {
    const server = await openWithResources();

    const response = await server.request("/v1/runs", json(body));

    expect(response.status).toBe(status);
    expect(await bodyOf(response)).toMatchObject(expected);
    expect(server.runner.started).toEqual([]);
  });

  test("a name that means two things asks for one", async () => {
    const server = await openWithResources();
    await server.request("/v1/agents/hello", json(agent("hello"), "PUT"));

    const response = await server.request("/v1/runs", json({ target: "hello" }));

    expect(response.status).toBe(409);
    expect(await bodyOf(response)).toMatchObject({
      hint: "say which: agent/hello or workflow/default/hello",
    });
    await createRun(server, { target: "workflow/hello" });
    await createRun(server, { target: "agent/hello", message: "x" });
  });

  test("the same Idempotency-Key answers with the same run", async () => {
    const server = await openWithResources();
    const send = (body: JsonValue) =>
      server.request("/v1/runs", { ...json(body), headers: { "idempotency-key": "k" } });

    const first = await send({ target: "hello", input: { a: 1, b: 2 } });
    const again = await send({ input: { b: 2, a: 1 }, target: "hello" });
    const other = await send({ target: "hello", input: { a: 2 } });

    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect((await bodyOf(again))["id"]).toBe((await bodyOf(first))["id"]);
    await until(() => server.runner.started.length === 1);
  });

  test("a dry run starts nothing", async () => {
    const server = await openWithResources();

    const response = await server.request("/v1/runs?dryRun=true", json({ target: "hello" }));

    expect(await bodyOf(response)).toMatchObject({ status: "pending", name: "default/hello" });
    expect(await bodyOf(await server.request("/v1/runs"))).toEqual({ items: [] });
  });

  test("the definition is the one of the moment of the request", async () => {
    const runner = new FakeRunner();
    runner.isUp = false;
    const server = await openWithResources({ runner });
    await createRun(server, { target: "writer", message: "x" });

    const changed = agent("writer", { instructions: "Changed." });
    await server.request("/v1/agents/writer", json(changed, "PUT"));
    runner.isUp = true;

    await until(() => runner.started.length === 1);
    expect(runner.started[0]?.definition).toMatchObject({ instructions: "Write." });
  });
});

describe("handing over", () => {
  test("runs wait while the runner is down and go on when it is back", async () => {
    const runner = new FakeRunner();
    runner.isUp = false;
    const server = await openWithResources({ runner });
    const ids = [
      await createRun(server, { target: "hello" }),
      await createRun(server, { target: "hello" }),
    ];
    expect(await statusOf(server, ids[0]!)).toBe("pending");

    runner.isUp = true;

    await until(async () => (await statusOf(server, ids[1]!)) === "running");
    expect(runner.started.map(({ runId }) => runId).toSorted()).toEqual(ids.toSorted());
  });

  test("runs that the server had not handed over are, after its restart", async () => {
    const runner = new FakeRunner();
    runner.isUp = false;
    const before = await openWithResources({ runner });
    const id = await createRun(before, { target: "hello" });
    await before.stop();

    runner.isUp = true;
    const after = open({ runner, store: before.store });

    await until(async () => (await statusOf(after, id)) === "running");
  });

  test("what the engine accepted is not given again, however long the journal is silent", async () => {
    const server = await openWithResources();
    for (let count = 0; count < 20; count += 1) await createRun(server, { target: "hello" });

    await until(() => server.runner.started.length === 20);

    expect(server.runner.calls).toHaveLength(20);
  });

  test("a run that the engine refuses has failed, and the others go on", async () => {
    const runner = new FakeRunner();
    runner.refuse = ({ input }) =>
      JSON.stringify(input).includes("bad")
        ? new StigmerError("invalid_input", "the engine does not like it")
        : undefined;
    const server = await openWithResources({ runner });

    const bad = await createRun(server, { target: "hello", input: "bad" });
    const good = await createRun(server, { target: "hello", input: "good" });

    await until(async () => (await statusOf(server, bad)) === "failed");
    await until(async () => (await statusOf(server, good)) === "running");
    const run = await bodyOf(await server.request(`/v1/runs/${bad}`));
    expect(run["error"]).toMatchObject({ detail: "the engine does not like it" });
    expect(run["lastSequence"]).toBeGreaterThan(0);
  });
});

describe("control", () => {
  test("cancel ends a run and answers with it", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    await until(async () => (await statusOf(server, id)) === "running");

    const response = await server.request(`/v1/runs/${id}/cancel`, json({ reason: "enough" }));

    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toMatchObject({ status: "cancelled", cancelReason: "enough" });
    const again = await server.request(`/v1/runs/${id}/cancel`, { method: "POST" });
    expect(await bodyOf(again)).toMatchObject({ status: "cancelled" });
    expect(server.runner.calls.filter((call) => call.startsWith("cancel"))).toHaveLength(1);
  });

  test("a wish to cancel outlives the runner's absence", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    await until(async () => (await statusOf(server, id)) === "running");
    server.runner.goDown();

    await server.store.runs.requestCancel(id, "later");
    expect(await statusOf(server, id)).toBe("running");
    server.runner.isUp = true;

    await until(async () => (await statusOf(server, id)) === "cancelled");
  });

  test("a run that never reached the engine is cancelled here, and never starts", async () => {
    const runner = new FakeRunner();
    runner.isUp = false;
    const server = await openWithResources({ runner });
    const id = await createRun(server, { target: "hello" });
    await server.store.runs.requestCancel(id, undefined);

    runner.isUp = true;

    await until(async () => (await statusOf(server, id)) === "cancelled");
    expect(runner.started).toEqual([]);
    const events = await bodyOf(
      await server.request(`/v1/runs/${id}/events`, { headers: { accept: "application/json" } }),
    );
    expect(events["items"].map(({ type }: { type: string }) => type)).toEqual([
      "ai.stigmer.run.cancelled.v1",
    ]);
  });

  test("pause and resume answer with the run as it is then", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });

    const paused = await server.request(`/v1/runs/${id}/pause`, { method: "POST" });
    const resumed = await server.request(`/v1/runs/${id}/resume`, { method: "POST" });

    expect((await bodyOf(paused))["status"]).toBe("paused");
    expect((await bodyOf(resumed))["status"]).toBe("running");
  });

  test("a run that has ended can't be paused", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    await until(async () => (await statusOf(server, id)) === "running");
    server.runner.write(id, { type: "run.completed", output: 1 });
    await until(async () => (await statusOf(server, id)) === "completed");

    const response = await server.request(`/v1/runs/${id}/pause`, { method: "POST" });

    expect(response.status).toBe(409);
  });

  test("a signal is taken once", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    const send = () =>
      server.request(`/v1/runs/${id}/signals`, json({ name: "go", data: { a: 1 }, id: "s1" }));

    const results = [await bodyOf(await send()), await bodyOf(await send())];

    expect(results).toEqual([{ result: "accepted" }, { result: "duplicate" }]);
  });

  test("a signal while the runner is away is a 503 that says so", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    await until(async () => (await statusOf(server, id)) === "running");
    server.runner.goDown();

    const response = await server.request(`/v1/runs/${id}/signals`, json({ name: "go" }));

    expect(response.status).toBe(503);
    expect(await bodyOf(response)).toMatchObject({ code: "unavailable" });
  });

  test("with dryRun=true nothing happens to the run", async () => {
    const server = await openWithResources();
    const id = await createRun(server, { target: "hello" });
    await until(async () => (await statusOf(server, id)) === "running");

    const answers = [];
    for (const verb of ["cancel", "pause", "resume", "signals"]) {
      const body = verb === "signals" ? json({ name: "go" }) : { method: "POST" };
      const response = await server.request(`/v1/runs/${id}/${verb}?dryRun=true`, body);
      answers.push(await bodyOf(response));
    }

    expect(answers).toMatchObject([
      { status: "running" },
      { status: "running" },
      { status: "running" },
      { result: "accepted" },
    ]);
    expect(server.runner.journalEvents).toHaveLength(1);
  });

  test.each(["cancel", "pause", "resume"])("%s of an unknown run is a 404", async (verb) => {
    const { request } = open();

    const response = await request(`/v1/runs/run_0/${verb}`, { method: "POST" });

    expect(response.status).toBe(404);
  });
});

describe("lists", () => {
  test("filters and pages are those of the query", async () => {
    const server = await openWithResources();
    const first = await createRun(server, { target: "hello", labels: { team: "core" } });
    const second = await createRun(server, { target: "writer", message: "x" });
    const third = await createRun(server, { target: "hello" });
    await until(() => server.runner.started.length === 3);
    server.runner.write(third, { type: "run.completed", output: null });
    await until(async () => (await statusOf(server, third)) === "completed");

    const ids = async (query: string) => {
      const page = await bodyOf(await server.request(`/v1/runs?${query}`));
      return page["items"].map(({ id }: { id: string }) => id);
    };

    expect(await ids("")).toEqual([third, second, first]);
    expect(await ids("kind=Agent")).toEqual([second]);
    expect(await ids("name=hello")).toEqual([third, first]);
    expect(await ids("name=default/hello&status=running")).toEqual([first]);
    expect(await ids("label=team=core")).toEqual([first]);
    expect(await ids("since=2020-01-01T00:00:00Z")).toHaveLength(3);
    expect(await ids("since=2120-01-01T00:00:00%2B02:00")).toEqual([]);
    const page = await bodyOf(await server.request("/v1/runs?limit=2"));
    expect(await ids(`limit=2&cursor=${page["nextCursor"]}`)).toEqual([first]);
  });

  test.each([
    ["limit=0", "/limit"],
    ["limit=501", "/limit"],
    ["status=done", "/status"],
    ["since=yesterday", "/since"],
    ["statsu=failed", "/statsu"],
  ])("?%s is a 400 with its place", async (query, pointer) => {
    const { request } = open();

    const response = await request(`/v1/runs?${query}`);

    expect(response.status).toBe(400);
    expect((await bodyOf(response))["errors"][0].pointer).toBe(pointer);
  });

  test.each(["cursor=nonsense", "label=core"])("?%s is a 400", async (query) => {
    const { request } = open();

    expect((await request(`/v1/runs?${query}`)).status).toBe(400);
  });
});
