import { afterEach, describe, expect, test } from "bun:test";

import { readEventData } from "../../src/client/event-source.ts";
import { RunEvent } from "../../src/schema/api/run-event.ts";
import { bodyOf, json, openServer, type TestServer, until, workflow } from "./open-server.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** A server with one run that has begun. */
async function openWithRun() {
  const server = openServer();
  servers.push(server);
  await server.request("/v1/workflows/hello", json(workflow("hello"), "PUT"));
  const run = await bodyOf(await server.request("/v1/runs", json({ target: "hello" })));
  const id: string = run["id"];
  await until(() => server.runner.started.length === 1);
  await until(async () => (await server.store.runs.get(id))?.lastSequence === 1);
  return { server, id, runner: server.runner };
}

async function watch(server: TestServer, id: string, headers: Record<string, string> = {}) {
  const response = await server.request(`/v1/runs/${id}/events`, { headers });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const data = readEventData(response.body!);
  return {
    next: async (): Promise<RunEvent | undefined> => {
      const { done, value } = await data.next();
      return done ? undefined : RunEvent.parse(JSON.parse(value));
    },
    rest: async (): Promise<RunEvent[]> => {
      const events: RunEvent[] = [];
      for await (const text of data) events.push(RunEvent.parse(JSON.parse(text)));
      return events;
    },
    close: () => data.return(undefined),
  };
}

const types = (events: readonly RunEvent[]) =>
  events.map(({ type }) => type.replace("ai.stigmer.run.", ""));

describe("a stream", () => {
  test("gives what was, then what comes, and ends with the run", async () => {
    const { server, id, runner } = await openWithRun();
    runner.note(id, "n1");
    const stream = await watch(server, id);
    expect((await stream.next())?.type).toBe("ai.stigmer.run.started.v1");
    expect((await stream.next())?.type).toBe("n1");

    runner.note(id, "n2");
    runner.write(id, { type: "run.completed", output: 7 });
    runner.note(id, "after the end");

    const rest = await stream.rest();
    expect(types(rest)).toEqual(["n2", "completed.v1"]);
    expect(rest.at(-1)?.data).toEqual({ output: 7 });
  });

  test("is of CloudEvents whose sequence is the id", async () => {
    const { server, id } = await openWithRun();
    const response = await server.request(`/v1/runs/${id}/events`);

    const reader = response.body!.getReader();
    let text = "";
    while (!text.includes("data:")) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();

    expect(text).toMatch(/^retry: 1000\n\nid: 1\ndata: \{.*\}\n\n$/s);
    const event = RunEvent.parse(JSON.parse(text.split("data: ")[1]!));
    expect(event).toMatchObject({
      specversion: "1.0",
      id: `${id}/1`,
      source: `/v1/runs/${id}`,
      sequence: 1,
      runid: id,
    });
  });

  test("goes on after Last-Event-ID, without a loss or a repeat", async () => {
    const { server, id, runner } = await openWithRun();
    for (let count = 0; count < 500; count += 1) runner.note(id, `n${count}`);
    await until(async () => (await server.store.runs.get(id))?.lastSequence === 501);
    runner.write(id, { type: "run.completed", output: null });

    const sequences: (number | undefined)[] = [];
    let last = 0;
    for (let part = 0; part < 10; part += 1) {
      const stream = await watch(server, id, { "last-event-id": String(last) });
      for (let count = 0; count < 50; count += 1) {
        const event = await stream.next();
        sequences.push(event?.sequence);
        last = event?.sequence ?? last;
      }
      await stream.close();
    }
    const stream = await watch(server, id, { "last-event-id": String(last) });
    sequences.push(...(await stream.rest()).map(({ sequence }) => sequence));

    expect(sequences).toEqual(Array.from({ length: 502 }, (_, index) => index + 1));
  });

  test("misses nothing that happens while history is read", async () => {
    const { server, id, runner } = await openWithRun();
    for (let count = 0; count < 300; count += 1) runner.note(id, "before");
    const streams = await Promise.all([1, 2, 3].map(() => watch(server, id)));

    const all = streams.map((stream) => stream.rest());
    for (let count = 0; count < 300; count += 1) {
      runner.note(id, "during");
      if (count % 20 === 0) await Bun.sleep(1);
    }
    runner.write(id, { type: "run.completed", output: null });

    for (const events of await Promise.all(all)) {
      expect(events.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 602 }, (_, index) => index + 1),
      );
    }
  });

  test("after the end of a run ends at once", async () => {
    const { server, id, runner } = await openWithRun();
    runner.write(id, { type: "run.completed", output: null });
    await until(async () => (await server.store.runs.get(id))?.endedAt !== undefined);

    const all = await (await watch(server, id)).rest();
    const none = await (await watch(server, id, { "last-event-id": "2" })).rest();

    expect(types(all)).toEqual(["started.v1", "completed.v1"]);
    expect(none).toEqual([]);
  });

  test("shows live text to whoever watches, without an id", async () => {
    const { server, id, runner } = await openWithRun();
    const stream = await watch(server, id);
    await stream.next();

    runner.show(id, "Hel");
    const live = await stream.next();
    runner.write(id, { type: "run.completed", output: null });

    expect(live).toMatchObject({
      type: "ai.stigmer.agent.text-delta.v1",
      subject: "/step/1/model",
      runid: id,
      data: { text: "Hel" },
    });
    expect(live?.sequence).toBeUndefined();
    expect(types(await stream.rest())).toEqual(["completed.v1"]);
  });

  test("holds the events and the live text of child runs, and does not end with them", async () => {
    const { server, id, runner } = await openWithRun();
    const stream = await watch(server, id);
    await stream.next();

    runner.write("run_child", {
      type: "run.started",
      program: "agent",
      subject: { kind: "Agent", name: "writer" },
      definition: {},
      definitionHash: "h",
      input: { message: "x" },
      parent: { runId: id, commandId: "/do/0/call" },
    });
    const started = await stream.next();
    runner.show("run_child", "text");
    const live = await stream.next();
    runner.write("run_child", { type: "run.completed", output: null });
    runner.write(id, { type: "run.completed", output: null });

    expect(started?.data).toMatchObject({ parentRunId: id, parentCommandId: "/do/0/call" });
    expect(live).toMatchObject({ runid: "run_child", data: { text: "text" } });
    const rest = await stream.rest();
    expect(rest.map(({ runid }) => runid)).toEqual(["run_child", id]);
    expect(await bodyOf(await server.request("/v1/runs/run_child"))).toMatchObject({
      kind: "Agent",
      name: "writer",
      parentRunId: id,
      status: "completed",
    });
  });

  test("says that it is there when there is nothing to say", async () => {
    const { server, id } = await openWithRun();
    const response = await server.request(`/v1/runs/${id}/events`);
    const reader = response.body!.getReader();

    let text = "";
    while (!text.includes(": heartbeat\n\n: heartbeat\n\n")) {
      text += new TextDecoder().decode((await reader.read()).value);
    }

    await reader.cancel();
    expect(text).not.toContain("undefined");
  });

  test("ends when the server stops, so that the watcher comes back", async () => {
    const { server, id } = await openWithRun();
    const stream = await watch(server, id);
    const rest = stream.rest();

    await server.stop();

    expect(types(await rest)).toEqual(["started.v1"]);
  });

  test("from a watcher that has gone is let go", async () => {
    const { server, id } = await openWithRun();
    const stream = await watch(server, id);
    await stream.next();
    expect(server.feed.isWatched()).toBe(true);

    await stream.close();

    await until(() => !server.feed.isWatched());
  });

  test.each(["abc", "-1", "1.5"])("after %s is a 400", async (lastEventId) => {
    const { server, id } = await openWithRun();

    const response = await server.request(`/v1/runs/${id}/events`, {
      headers: { "last-event-id": lastEventId },
    });

    expect(response.status).toBe(400);
  });

  test("of an unknown run is a 404", async () => {
    const { server } = await openWithRun();

    expect((await server.request("/v1/runs/run_0/events")).status).toBe(404);
  });
});

describe("pages", () => {
  test("are oldest first and lead from one to the next", async () => {
    const { server, id, runner } = await openWithRun();
    for (const name of ["a", "b", "c"]) runner.note(id, name);
    await until(async () => (await server.store.runs.get(id))?.lastSequence === 4);
    const read = async (query: string) =>
      bodyOf(
        await server.request(`/v1/runs/${id}/events?${query}`, {
          headers: { accept: "application/json" },
        }),
      );

    const first = await read("limit=3");
    const second = await read(`limit=3&cursor=${first["nextCursor"]}`);
    const after = await read("after=3");

    expect(types(first["items"])).toEqual(["started.v1", "a", "b"]);
    expect(types(second["items"])).toEqual(["c"]);
    expect(second["nextCursor"]).toBeUndefined();
    expect(after["items"]).toEqual(second["items"]);
  });
});

describe("the journal", () => {
  test("is read on from where it was after the runner was killed", async () => {
    const { server, id, runner } = await openWithRun();
    runner.note(id, "before");
    await until(async () => (await server.store.runs.get(id))?.lastSequence === 2);

    runner.goDown();
    runner.note(id, "while cut off");
    const readiness = await server.request("/readyz");
    runner.isUp = true;
    runner.note(id, "after");

    await until(async () => (await server.store.runs.get(id))?.lastSequence === 4);
    expect(types(await server.store.events.list(id, 0, 10))).toEqual([
      "started.v1",
      "before",
      "while cut off",
      "after",
    ]);
    expect([200, 503]).toContain(readiness.status);
    await until(async () => (await server.request("/readyz")).status === 200);
  });

  test.each(["another", "an older copy"])(
    "that is %s is not read on, however long it grows, and no run is given to it",
    async (which) => {
      const { server, id, runner } = await openWithRun();
      runner.note(id, "read");
      await until(async () => (await server.store.runs.get(id))?.lastSequence === 2);

      runner.goDown();
      if (which === "another") runner.journalId = "journal-2";
      runner.journalEvents.length = 0;
      runner.isUp = true;
      await until(async () => server.logged.some((line) => line.includes("does not belong")));
      for (let count = 0; count < 5; count += 1) runner.note("run_other", "must not be mixed in");
      const body = json({ target: "hello" });
      const started: string = (await bodyOf(await server.request("/v1/runs", body)))["id"];
      await Bun.sleep(50);
      const readiness = await server.request("/readyz");

      expect(readiness.status).toBe(503);
      expect((await bodyOf(readiness))["journalProblem"]).toContain("does not belong");
      expect(await server.store.journal.position()).toBe(2);
      expect(runner.started.some((run) => run.runId === started)).toBe(false);
      expect((await server.store.runs.get(started))?.status).toBe("pending");
      const told = server.logged.filter((line) => line.includes("does not belong"));
      expect(told).toHaveLength(1);
    },
  );

  test("that is an older copy is known although it has gone on before the server saw it", async () => {
    const { server, id, runner } = await openWithRun();
    runner.note(id, "read");
    await until(async () => (await server.store.runs.get(id))?.lastSequence === 2);
    await server.stop();

    runner.journalEvents.length = 1;
    for (const what of ["went", "another", "way"]) runner.note(id, what);
    runner.isUp = true;
    const again = openServer({ runner, store: server.store });
    await until(() => again.logged.some((line) => line.includes("does not belong")));
    const readiness = await bodyOf(await again.request("/readyz"));

    expect(readiness["journalProblem"]).toBe(
      "data/journal.db does not belong to data/stigmer.db: it is an older copy of the one that the server has read; stop the server, then put back journal.db, stigmer.db and blobs from one backup, or move all of them away",
    );
    expect(await server.store.journal.position()).toBe(2);
    await again.stop();
  });

  test("names the runs that cannot go on", async () => {
    const { server, id, runner } = await openWithRun();
    const broken = { runId: id, reason: "event 2 is damaged" };

    runner.goDown();
    runner.broken.push(broken);
    runner.isUp = true;
    await until(() => server.logged.some((line) => line.includes("event 2 is damaged")));

    const report = await bodyOf(await server.request("/v1/server"));
    expect(report["brokenRuns"]).toEqual([broken]);
  });

  test("names a run that broke while the journal is read, as long as it has not ended", async () => {
    const { server, id, runner } = await openWithRun();
    const read = async () => bodyOf(await server.request(`/v1/runs/${id}`));
    const sound = await read();

    runner.broken.push({ runId: id, reason: "event 2 is damaged" });
    runner.beat();
    await until(() => server.logged.some((line) => line.includes("event 2 is damaged")));
    runner.beat();
    const broken = await read();
    const listed = await bodyOf(await server.request("/v1/runs"));
    await server.request(`/v1/runs/${id}/cancel`, json({}));
    const ended = await read();

    expect([sound["problem"], broken["problem"]]).toEqual([undefined, "event 2 is damaged"]);
    expect(broken["status"]).toBe("running");
    expect(listed["items"]).toEqual([broken]);
    expect([ended["status"], ended["problem"]]).toEqual(["cancelled", undefined]);
    expect(server.logged.filter((line) => line.includes("is damaged"))).toHaveLength(1);
  });

  test("is applied once by a server that was restarted", async () => {
    const { server, id, runner } = await openWithRun();
    runner.note(id, "one");
    await until(async () => (await server.store.runs.get(id))?.lastSequence === 2);
    await server.stop();

    runner.isUp = true;
    runner.write(id, { type: "run.failed", error: { type: "t", status: 500, detail: "no" } });
    const after = openServer({ runner, store: server.store });
    servers.push(after);

    await until(async () => (await after.store.runs.get(id))?.endedAt !== undefined);
    expect(types(await after.store.events.list(id, 0, 10))).toEqual([
      "started.v1",
      "one",
      "failed.v1",
    ]);
    expect(await after.store.runs.get(id)).toMatchObject({
      status: "failed",
      error: { detail: "no" },
    });
  });

  test("is tried again when it can't be applied", async () => {
    const { server, id, runner } = await openWithRun();
    const { journal } = server.store;
    const apply = journal.apply.bind(journal);
    let failures = 3;
    journal.apply = (entries, mark) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error("disk full")) : apply(entries, mark);
    };

    runner.note(id, "patient");

    await until(async () => (await server.store.runs.get(id))?.lastSequence === 2);
    expect(server.logged.filter((line) => line.includes("disk full"))).toHaveLength(3);
  });
});
