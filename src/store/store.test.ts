import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newId } from "../base/ids.ts";
import type { JsonValue } from "../base/json.ts";
import { type Kind, Resource } from "../schema/kinds.ts";
import { migrate } from "./database.ts";
import type { JournalEntry } from "./journal-entry.ts";
import { openStore, type Store } from "./open-store.ts";

const folder = mkdtempSync(join(tmpdir(), "stigmer-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.parse("2026-01-01T00:00:00Z");

function openTestStore(path = ":memory:") {
  const clock = { nowMs: START };
  return { clock, store: openStore(path, () => new Date((clock.nowMs += 1_000))) };
}

function agent(name: string, instructions = "Write.", labels: Record<string, string> = {}) {
  return Resource.parse({
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Agent",
    metadata: { name, labels },
    spec: { instructions },
  });
}

function workflow(name: string, version: string) {
  return Resource.parse({
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Workflow",
    metadata: { name, labels: {} },
    spec: { document: { version } },
  });
}

function newRun(change: Partial<Parameters<Store["runs"]["create"]>[0]> = {}) {
  const run = {
    id: newId("run"),
    kind: "Agent" as Kind,
    name: "a",
    input: { message: "hi" } as JsonValue,
    labels: {},
    definition: { instructions: "x" } as JsonValue,
  };
  return { ...run, ...change };
}

const time = "2026-01-01T01:00:00.000Z";

function started(position: number, runId: string, parentRunId?: string): JournalEntry {
  const change = { type: "started", kind: "Agent", name: "a", input: null, parentRunId } as const;
  const event = { id: `${runId}/${position}`, type: "started", data: {} };
  return { position, runId, time, change, event };
}

function note(position: number, runId: string): JournalEntry {
  const event = { id: `${runId}/${position}`, type: "note", subject: "/do/0", data: { position } };
  return { position, runId, time, event };
}

function completed(position: number, runId: string): JournalEntry {
  const change = { type: "ended", status: "completed", output: { ok: true } } as const;
  return { position, runId, time, change, event: { id: "end", type: "completed", data: {} } };
}

describe("resources", () => {
  test("apply creates, leaves and changes, and says which", async () => {
    const { store } = openTestStore();

    const first = await store.resources.apply(agent("a"), "");
    const again = await store.resources.apply(agent("a"), "");
    const other = await store.resources.apply(agent("a", "Other."), "");

    expect([first.outcome, again.outcome, other.outcome]).toEqual([
      "created",
      "unchanged",
      "changed",
    ]);
    const stored = await store.resources.get({ kind: "Agent", nameOrId: "a" });
    expect(stored?.status.generation).toBe(2);
    expect(stored?.status.updatedAt).not.toBe(stored?.status.createdAt);
  });

  test("a dry run changes nothing", async () => {
    const { store } = openTestStore();

    const applied = await store.resources.apply(agent("a"), "", { dryRun: true });

    expect(applied.outcome).toBe("created");
    expect(await store.resources.get({ kind: "Agent", nameOrId: "a" })).toBeUndefined();
  });

  test("a write for another generation is stale", async () => {
    const { store } = openTestStore();
    await store.resources.apply(agent("a"), "");
    await store.resources.apply(agent("a", "2"), "");

    const address = { kind: "Agent", nameOrId: "a" } as const;
    const stale = await store.resources.apply(agent("a", "3"), "", { ifGeneration: 1 });
    const missing = await store.resources.apply(agent("b"), "", { ifGeneration: 1 });
    const kept = await store.resources.delete(address, { ifGeneration: 1 });
    const good = await store.resources.apply(agent("a", "3"), "", { ifGeneration: 2 });

    expect([stale, missing]).toEqual([{ outcome: "stale", generation: 2 }, { outcome: "stale" }]);
    expect(kept).toBe("stale");
    expect(good.outcome).toBe("changed");
  });

  test("a name without a version means the newest by semantic versioning", async () => {
    const { store } = openTestStore();
    for (const version of ["1.2.0", "1.10.0", "2.0.0-rc.1", "1.9.0"]) {
      await store.resources.apply(workflow("n/w", version), version);
    }

    const read = async (version?: string) => {
      const found = await store.resources.get({ kind: "Workflow", nameOrId: "n/w", version });
      return found?.spec;
    };

    expect(await read()).toEqual({ document: { version: "2.0.0-rc.1" } });
    expect(await read("1.9.0")).toEqual({ document: { version: "1.9.0" } });
    expect(await store.resources.versions("Workflow", "n/w")).toEqual([
      "2.0.0-rc.1",
      "1.10.0",
      "1.9.0",
      "1.2.0",
    ]);
    const query = { limit: 10, labels: {} };
    const newest = await store.resources.list("Workflow", { ...query, allVersions: false });
    const all = await store.resources.list("Workflow", { ...query, allVersions: true });
    expect([newest.items.length, all.items.length]).toEqual([1, 4]);
  });

  test("when the newest version is deleted the one before it is meant", async () => {
    const { store } = openTestStore();
    await store.resources.apply(workflow("n/w", "1.0.0"), "1.0.0");
    await store.resources.apply(workflow("n/w", "2.0.0"), "2.0.0");

    await store.resources.delete({ kind: "Workflow", nameOrId: "n/w", version: "2.0.0" });

    const left = await store.resources.get({ kind: "Workflow", nameOrId: "n/w" });
    expect(left?.spec).toEqual({ document: { version: "1.0.0" } });
  });

  test("lists page through everything once, newest first", async () => {
    const { store } = openTestStore();
    const names = Array.from({ length: 7 }, (_, index) => `a${index}`);
    for (const name of names) await store.resources.apply(agent(name), "");

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 3, cursor, labels: {}, allVersions: false };
      const page = await store.resources.list("Agent", query);
      seen.push(...page.items.map(({ metadata }) => metadata.name));
      cursor = page.nextCursor;
    } while (cursor);

    expect(seen).toEqual(names.toReversed());
  });

  test("labels must all match, whatever they are called", async () => {
    const { store } = openTestStore();
    await store.resources.apply(agent("a", "x", { team: "core", 'o"dd.key': "1" }), "");
    await store.resources.apply(agent("b", "x", { team: "core" }), "");

    const list = async (labels: Record<string, string>) => {
      const page = await store.resources.list("Agent", { limit: 9, labels, allVersions: false });
      return page.items.map(({ metadata }) => metadata.name);
    };

    expect(await list({ team: "core" })).toEqual(["b", "a"]);
    expect(await list({ team: "core", 'o"dd.key': "1" })).toEqual(["a"]);
    expect(await list({ team: "other" })).toEqual([]);
  });

  test("a cursor of another list is refused", async () => {
    const { store } = openTestStore();
    const cursor = Buffer.from("run:3").toString("base64url");

    const list = store.resources.list("Agent", {
      limit: 1,
      cursor,
      labels: {},
      allVersions: false,
    });

    expect(list).rejects.toThrow("is not a cursor of this list");
  });
});

describe("runs", () => {
  test("the same key gives the same run, for a day", async () => {
    const { store, clock } = openTestStore();
    const key = { key: "k", requestHash: "h" };

    const first = await store.runs.create(newRun(), key);
    const again = await store.runs.create(newRun(), key);
    const other = await store.runs.create(newRun(), { key: "k", requestHash: "other" });
    clock.nowMs += 24 * 60 * 60 * 1_000;
    const nextDay = await store.runs.create(newRun(), key);

    expect([first.outcome, again.outcome, other.outcome, nextDay.outcome]).toEqual([
      "created",
      "replayed",
      "key-taken",
      "created",
    ]);
    expect(Object.assign({}, again, { outcome: "created" })).toEqual(first);
  });

  test("filters narrow the list", async () => {
    const { store } = openTestStore();
    const first = newRun({ labels: { team: "core" } });
    const second = newRun({ kind: "Workflow", name: "n/w" });
    await store.runs.create(first);
    const created = await store.runs.create(second);
    await store.journal.apply([started(1, first.id), started(2, "run_child", first.id)], "mark");

    const list = async (filter: Partial<Parameters<Store["runs"]["list"]>[0]>) => {
      const page = await store.runs.list({ limit: 10, labels: {}, ...filter });
      return page.items.map(({ id }) => id);
    };
    const since = created.outcome === "created" ? new Date(created.run.createdAt) : undefined;

    expect(await list({})).toEqual(["run_child", second.id, first.id]);
    expect(await list({ status: "pending" })).toEqual([second.id]);
    expect(await list({ kind: "Workflow" })).toEqual([second.id]);
    expect(await list({ names: ["n/w", "x"] })).toEqual([second.id]);
    expect(await list({ parentRunId: first.id })).toEqual(["run_child"]);
    expect(await list({ labels: { team: "core" } })).toEqual([first.id]);
    expect(await list({ since })).toEqual(["run_child", second.id]);
  });

  test("a run is pending until it has started, and its definition is kept that long", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);

    const before = await store.runs.pending(10);
    await store.journal.apply([started(1, run.id)], "mark");
    const after = await store.runs.pending(10);

    expect(before).toMatchObject([{ id: run.id, definition: { instructions: "x" } }]);
    expect(after).toEqual([]);
  });

  test("a wish to cancel is kept until the run has ended", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);

    await store.runs.requestCancel(run.id, "no more");

    expect(await store.runs.pending(10)).toEqual([]);
    expect(await store.runs.cancelling(10)).toEqual([
      { id: run.id, reason: "no more", isPending: true },
    ]);
    const event = { id: "e", type: "cancelled", data: {} };
    const end = { status: "cancelled", reason: "no more" } as const;
    expect(await store.journal.endPending(run.id, end, event)).toEqual(new Set([run.id]));
    expect(await store.runs.cancelling(10)).toEqual([]);
    expect(await store.journal.endPending(run.id, end, event)).toEqual(new Set());
    expect(await store.runs.get(run.id)).toMatchObject({
      status: "cancelled",
      cancelReason: "no more",
      lastSequence: 1,
    });
  });
});

describe("journal", () => {
  test("entries that were applied before have no effect", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);
    const entries = [started(1, run.id), note(2, run.id), completed(3, run.id)];

    await store.journal.apply(entries.slice(0, 2), "mark");
    await store.journal.apply(entries, "mark");
    await store.journal.apply(entries, "mark");

    const events = await store.events.list(run.id, 0, 10);
    expect(events.map(({ type }) => type)).toEqual(["started", "note", "completed"]);
    expect(await store.runs.get(run.id)).toMatchObject({
      status: "completed",
      output: { ok: true },
      startedAt: time,
      endedAt: time,
      lastSequence: 3,
    });
    expect(await store.journal.position()).toBe(3);
  });

  test("what was applied is there after a restart, and only once", async () => {
    const path = join(folder, "restart.db");
    const run = newRun();
    const before = openTestStore(path).store;
    await before.runs.create(run);
    await before.journal.apply([started(1, run.id), note(2, run.id)], "mark");
    await before.close();

    const after = openTestStore(path).store;
    await after.journal.apply([note(2, run.id), note(3, run.id)], "mark");

    const events = await after.events.list(run.id, 0, 10);
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    await after.close();
  });

  test("a batch that fails leaves neither events nor position", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const bad = note(2, run.id);
    const broken = { ...bad, event: { ...bad.event, data: circular } } as JournalEntry;

    const failure = await store.journal.apply([started(1, run.id), broken], "mark").catch(String);

    expect(failure).toContain("cyclic");
    expect(await store.journal.position()).toBe(0);
    expect(await store.events.list(run.id, 0, 10)).toEqual([]);
    expect(await store.runs.get(run.id)).toMatchObject({ status: "pending" });
  });

  test("events of descendants are in the stream of each ancestor", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);

    const grown = await store.journal.apply(
      [
        started(1, run.id),
        started(2, "run_child", run.id),
        started(3, "run_grandchild", "run_child"),
        note(4, "run_grandchild"),
        note(5, run.id),
      ],
      "mark",
    );

    expect(grown).toEqual(new Set([run.id, "run_child", "run_grandchild"]));
    const runIds = async (id: string) =>
      (await store.events.list(id, 0, 10)).map(({ runid }) => runid);
    expect(await runIds(run.id)).toEqual([
      run.id,
      "run_child",
      "run_grandchild",
      "run_grandchild",
      run.id,
    ]);
    expect(await runIds("run_child")).toEqual(["run_child", "run_grandchild", "run_grandchild"]);
    expect(await store.journal.streamsOf("run_grandchild")).toEqual([
      "run_grandchild",
      "run_child",
      run.id,
    ]);
    expect(await store.runs.get("run_child")).toMatchObject({ parentRunId: run.id });
  });

  test("a run that has ended stays as it ended", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);
    await store.journal.apply([started(1, run.id), completed(2, run.id)], "mark");

    await store.journal.apply(
      [
        { position: 3, runId: run.id, time, change: { type: "status", status: "paused" } },
        { position: 4, runId: run.id, time, change: { type: "ended", status: "cancelled" } },
      ],
      "mark",
    );

    expect(await store.runs.get(run.id)).toMatchObject({ status: "completed" });
  });

  test("a batch larger than one statement takes is written whole", async () => {
    const { store } = openTestStore();
    const run = newRun();
    await store.runs.create(run);
    const notes = Array.from({ length: 9_000 }, (_, index) => note(index + 2, run.id));

    await store.journal.apply([started(1, run.id), ...notes], "mark");

    expect(await store.runs.get(run.id)).toMatchObject({ lastSequence: 9_001 });
    const tail = await store.events.list(run.id, 9_000, 10);
    expect(tail.map(({ data }) => data)).toEqual([{ position: 9_001 }]);
  });
});

describe("the database file", () => {
  test("one from a newer stigmer is refused", async () => {
    const path = join(folder, "newer.db");
    const raw = new Database(path);
    raw.run("pragma user_version = 99");
    raw.close();

    expect(() => openStore(path)).toThrow("was written by a newer stigmer");
  });

  test("one that is no database is refused with a hint", () => {
    const path = join(folder, "text.db");
    writeFileSync(path, "this is not a database, but it is long enough to be one".repeat(20));

    expect(() => openStore(path)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("damaged") }),
    );
  });

  test("a step that fails leaves the version before it", () => {
    const raw = new Database(":memory:");

    expect(() => migrate(raw, "x", ["create table a (b)", "create table a (b)"])).toThrow();

    expect(raw.query("pragma user_version").get()).toEqual({ user_version: 1 });
  });
});
