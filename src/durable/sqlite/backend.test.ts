import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import type { JsonValue } from "../../base/json.ts";
import { createLog } from "../../base/log.ts";
import type { ActivityHandler, RunRequest } from "../backend.ts";
import type { Command } from "../command.ts";
import { ActivityUnavailable } from "../errors.ts";
import type { Decision, Execution, Program } from "../program.ts";
import { openSqliteBackend } from "./backend.ts";
import type { SqliteBackend, SqliteBackendOptions } from "./backend.ts";
import { systemClock } from "./clock.ts";

// A busy machine is slow, not wrong.
setDefaultTimeout(30_000);

let folder: string;
let path: string;
let lines: string[];
let backend: SqliteBackend;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stigmer-sqlite-"));
  path = join(folder, "journal.db");
  lines = [];
});
afterEach(async () => {
  await backend.stop();
  await rm(folder, { recursive: true });
});

/** Does the activity `work` as often as the definition says, one after the other. Its output is the last value. */
const steps: Program = { name: "steps", open: ({ definition }) => openSteps(Number(definition)) };

function openSteps(count: number): Execution {
  let done = 0;
  const decide = (value: JsonValue): Decision => {
    const command: Command = { kind: "activity", id: `/${done}`, name: "work", input: done };
    const isOver = done === count;
    return {
      commands: isOver ? [] : [command],
      abandoned: [],
      notes: [],
      ...(isOver && { end: { status: "completed", output: value } }),
    };
  };
  return {
    begin: () => decide(""),
    take: (outcome) => {
      done += 1;
      return decide(outcome.ok ? outcome.value : outcome.error.type);
    },
  };
}

const work: ActivityHandler = async (input) => did(input);

function did(input: unknown): string {
  return `did ${JSON.stringify(input)}`;
}

/** Never answers, but ends when it is told to. */
const hang: ActivityHandler = (_input, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
  });

/** Does its first work and hangs at the second. */
const hangLater: ActivityHandler = (input, context) =>
  input === 0 ? work(input, context) : hang(input, context);

async function open(options: Partial<SqliteBackendOptions> = {}): Promise<void> {
  backend = openSqliteBackend({
    path,
    blobs: join(folder, "blobs"),
    programs: { steps },
    activities: () => work,
    log: createLog("test", (line) => lines.push(line), "debug"),
    drainMs: 0,
    ...options,
  });
  await backend.start();
}

function request(runId: string, count: number): RunRequest {
  const subject = { kind: "Workflow", name: "test" } as const;
  return { runId, program: "steps", subject, definition: count, input: null };
}

async function untilEnd(runId: string): Promise<void> {
  for await (const events of backend.events(0, new AbortController().signal)) {
    const ofRun = events.filter((event) => event.runId === runId);
    if (ofRun.some(({ body }) => /^run\.(completed|failed|cancelled)$/.test(body.type))) return;
  }
}

async function runToEnd(runId: string, count: number): Promise<void> {
  await backend.run(request(runId, count));
  await untilEnd(runId);
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Asks for what the definition says: a note, an end, an activity or a child that is nested that deeply. */
const deepDecisions: Program = {
  name: "deep",
  open: ({ definition }) => {
    const [kind, depth] = z.tuple([z.string(), z.int()]).parse(definition);
    const value = nested(depth);
    const nothing: Decision = { commands: [], abandoned: [], notes: [] };
    const subject = { kind: "Workflow", name: "test" } as const;
    const child = { kind: "child", id: "/c", program: "steps", subject, definition: 0 } as const;
    return {
      begin: () => {
        if (kind === "note") return { ...nothing, notes: [{ type: "n", data: value }] };
        if (kind === "child") return { ...nothing, commands: [{ ...child, input: value }] };
        return { ...nothing, end: { status: "completed", output: value } };
      },
      take: (outcome) => ({
        ...nothing,
        end: outcome.ok
          ? { status: "completed", output: outcome.value }
          : { status: "failed", error: outcome.error },
      }),
    };
  },
};

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe("a value that is too deep or too long to be kept", () => {
  test.each(["note", "end", "child"])("in a decision (%s) ends the run as failed", async (kind) => {
    for (const depth of [15_000, 500_000]) {
      await open({ programs: { steps, deep: deepDecisions } });
      const runId = `run_${kind}_${depth}`;
      await backend.run({ ...request(runId, 0), program: "deep", definition: [kind, depth] });
      await untilEnd(runId);

      const description = await backend.describe(runId);
      await backend.stop();
      await open({ programs: { steps, deep: deepDecisions } });

      expect(description).toMatchObject({ status: "failed", pending: [] });
      expect(description?.error?.detail).toContain("10000 levels of nesting");
      expect(await backend.describe(runId)).toEqual(description);
      expect(backend.health().broken).toEqual([]);
      await backend.stop();
    }
  });

  test.each([
    ["deep", () => nested(500_000)],
    ["deep within the stack", () => nested(15_000)],
    ["long", () => "x".repeat(64 * 1024 * 1024)],
  ])("in an answer (%s) is a failure of the activity", async (_name, value) => {
    await open({ activities: () => async () => value() });

    await runToEnd("run_1", 1);

    const { events } = await firstEvents();
    expect(events[1]?.body).toMatchObject({ type: "outcome.failed", error: { status: 500 } });
    expect(JSON.stringify(events[1]?.body)).toContain("10000 levels of nesting");
  });

  test("in a request is refused", async () => {
    await open();

    const refused = await backend
      .run({ ...request("run_1", 1), input: nested(500_000) })
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: "invalid_input" });
    expect(await backend.describe("run_1")).toBeUndefined();
  });

  test("is told from one that only looks deep", async () => {
    const value = "[".repeat(30_000);
    await open({ activities: () => async () => value });

    await runToEnd("run_1", 1);

    expect(await backend.describe("run_1")).toMatchObject({ status: "completed", output: value });
  });
});

async function firstEvents() {
  for await (const events of backend.events(0, new AbortController().signal)) return { events };
  throw new Error("the journal is empty");
}

describe("an activity whose part goes away", () => {
  test("while it runs it fails after three times, however often the part is away in between", async () => {
    const cuts = [true, false, true, false, true];
    let calls = 0;
    const die: ActivityHandler = async () => {
      calls += 1;
      throw new ActivityUnavailable("cut", { isCut: cuts[calls - 1] ?? false });
    };
    await open({
      activities: () => die,
      clock: { ...systemClock, wake: (_ms, wake) => systemClock.wake(0, wake) },
    });

    await runToEnd("run_1", 1);

    const { events } = await firstEvents();
    expect(calls).toBe(5);
    expect(events[1]?.body).toMatchObject({
      type: "outcome.failed",
      error: { title: "the part died while it ran this" },
    });
  });
});

describe("one journal", () => {
  test("is refused to a second engine in the same or another process", async () => {
    await open();

    const inProcess = errorOf(() =>
      openSqliteBackend({
        path,
        programs: {},
        activities: () => undefined,
        log: createLog("", () => undefined),
      }),
    );
    const script = `import { openDatabase } from ${JSON.stringify(join(import.meta.dir, "database.ts"))};
      try { openDatabase(${JSON.stringify(path)}); } catch (error) { process.stdout.write(error.message); }`;
    const elsewhere = Bun.spawnSync([process.execPath, "-e", script]).stdout.toString();

    const message = `the journal "${path}" is open in another process`;
    expect(inProcess).toMatchObject({ code: "conflict", message });
    expect(elsewhere).toBe(message);
    await runToEnd("run_1", 1);
  });

  test("of a newer version is refused and left as it is", async () => {
    await open();
    await backend.stop();
    const database = new Database(path);
    database.run("PRAGMA user_version = 99");
    database.close();

    const refused = errorOf(() =>
      openSqliteBackend({
        path,
        programs: {},
        activities: () => undefined,
        log: createLog("", () => undefined),
      }),
    );

    expect(refused).toMatchObject({ code: "failed" });
    expect(String(refused)).toContain("is of a newer stigmer: version 99");
  });

  test("has an id of its own for as long as it exists", async () => {
    await open();
    const first = backend.journalId;
    await backend.stop();
    await open();
    const again = backend.journalId;
    await backend.stop();
    for (const suffix of ["", "-wal", "-shm"]) await rm(path + suffix, { force: true });
    await open();

    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(backend.journalId).not.toBe(first);
  });

  test("that is no database is refused with what to do", async () => {
    await open();
    await backend.stop();
    const other = join(folder, "other.db");
    writeFileSync(
      other,
      "this is not a database, but it is long enough to be looked at".repeat(20),
    );

    const refused = errorOf(() =>
      openSqliteBackend({
        path: other,
        programs: {},
        activities: () => undefined,
        log: createLog("", () => undefined),
      }),
    );

    expect(refused).toMatchObject({ code: "failed" });
    expect(String(refused)).toContain(`the journal "${other}" is damaged`);
  });

  test("can be read by its user alone", async () => {
    await open();

    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "blobs")).mode & 0o777).toBe(0o700);
  });

  test("can live in memory", async () => {
    await open({ path: ":memory:", blobs: undefined });

    await runToEnd("run_1", 3);

    expect(await backend.describe("run_1")).toMatchObject({ output: "did 2" });
    expect(existsSync(path)).toBe(false);
  });
});

describe("big values", () => {
  const big = "x".repeat(70_000);

  test("are kept in one file each, by content, and found after a restart", async () => {
    await open({ activities: () => async () => big });
    await runToEnd("run_1", 2);
    await backend.stop();

    const names = readdirSync(join(folder, "blobs"), { recursive: true, encoding: "utf8" });
    const sizeBytes = statSync(path).size;
    await open();

    // Three events hold the value; those of the two steps differ by their command, that of the end by its type.
    expect(names.filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name))).toHaveLength(3);
    expect(sizeBytes).toBeLessThan(big.length);
    expect(await backend.describe("run_1")).toMatchObject({ output: big });
  });

  test("that are damaged stop their own run and are named", async () => {
    await open({
      activities: () => (input, context) =>
        input === 0 ? Promise.resolve(big) : hang(input, context),
    });
    await backend.run(request("run_1", 2));
    await runToEventOf("run_1", 2);
    await backend.stop();
    for (const name of readdirSync(join(folder, "blobs"), { recursive: true, encoding: "utf8" })) {
      if (name.includes("/")) writeFileSync(join(folder, "blobs", name), "something else");
    }

    await open();

    expect(backend.health().broken).toMatchObject([{ runId: "run_1" }]);
    expect(backend.health().broken[0]?.reason).toContain('event 2 of run "run_1" is damaged');
  });

  test("leave no scratch files behind", async () => {
    mkdirSync(join(folder, "blobs", "ab"), { recursive: true });
    writeFileSync(join(folder, "blobs", "ab", "abcd.1234.tmp"), "half");

    await open();

    expect(readdirSync(join(folder, "blobs", "ab"))).toEqual([]);
  });
});

async function runToEventOf(runId: string, sequence: number): Promise<void> {
  for await (const events of backend.events(0, new AbortController().signal)) {
    if (events.some((event) => event.runId === runId && event.sequence >= sequence)) return;
  }
}

async function interruptTwoRuns(): Promise<void> {
  await open({ activities: () => hangLater });
  await backend.run(request("run_1", 2));
  await backend.run(request("run_2", 2));
  await runToEventOf("run_2", 2);
  await backend.stop();
}

/** Fails as a full disk does, for as long as it is told. */
function createFullDisk() {
  const disk = { isFull: false, tries: 0 };
  const beforeCommit = (): void => {
    disk.tries += 1;
    if (!disk.isFull) return;
    throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  };
  return { disk, probe: { beforeCommit } };
}

async function retried<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}

async function sequencesOf(runId: string): Promise<number[]> {
  const found: number[] = [];
  for await (const events of backend.events(0, new AbortController().signal)) {
    const ofRun = events.filter((event) => event.runId === runId);
    found.push(...ofRun.map(({ sequence }) => sequence));
    if (ofRun.some(({ body }) => body.type === "run.completed")) break;
  }
  return found;
}

/** Changes the journal behind the engine's back. */
function tamper(sql: string): void {
  const database = new Database(path);
  database.run(sql);
  database.close();
}

describe("a run that cannot be loaded", () => {
  test.each([
    [
      "a row that is not JSON",
      "UPDATE event SET body = '{' WHERE run = 1 AND sequence = 2",
      "event 2 of",
    ],
    [
      "a row of no known kind",
      `UPDATE event SET body = '{"type":"x"}' WHERE run = 1 AND sequence = 2`,
      "event 2 of",
    ],
    ["a row that is gone", "DELETE FROM event WHERE run = 1 AND sequence = 1", "event 1 of"],
    ["no row at all", "DELETE FROM event WHERE run = 1", "event 1 of"],
    [
      "another definition",
      "UPDATE event SET body = replace(body, '\"definition\":2', '\"definition\":3') WHERE run = 1",
      "is not the one that it began with",
    ],
    [
      "another program's outcome",
      "UPDATE event SET body = replace(body, '\"/0\"', '\"/7\"') WHERE run = 1",
      "cannot follow the journal at event 2",
    ],
    [
      "a program that is not there",
      'UPDATE event SET body = replace(body, \'"program":"steps"\', \'"program":"gone"\') WHERE run = 1',
      'of the unknown program "gone"',
    ],
  ])("because of %s is named, and the others go on", async (_what, sql, reason) => {
    await interruptTwoRuns();
    tamper(sql);

    await open();
    await untilEnd("run_2");

    expect(await backend.describe("run_2")).toMatchObject({ status: "completed" });
    expect(await backend.describe("run_1")).toMatchObject({ status: "failed" });
    expect(backend.health().broken).toMatchObject([{ runId: "run_1" }]);
    expect(backend.health().broken[0]?.reason).toContain(reason);
    expect(lines.some((line) => line.includes("run_1") && line.includes('"error"'))).toBe(true);
  });

  test("although it has ended is told as failed", async () => {
    await open();
    await runToEnd("run_1", 1);
    await backend.stop();
    tamper("UPDATE event SET body = '{' WHERE sequence = 3");

    await open();

    const description = await backend.describe("run_1");
    expect(description).toMatchObject({ status: "failed", error: { status: 500 } });
    expect(description?.error?.detail).toContain('event 3 of run "run_1" is damaged');
  });

  test("takes no signals, and can be cancelled for good", async () => {
    await interruptTwoRuns();
    tamper("UPDATE event SET body = '{' WHERE run = 1 AND sequence = 2");
    await open();

    const refused = await backend
      .signal("run_1", { id: "s", name: "go", data: 0 })
      .catch((error: unknown) => error);
    await backend.cancel("run_1", "beyond repair");

    expect(refused).toMatchObject({ code: "failed" });
    expect(await backend.describe("run_1")).toMatchObject({ status: "cancelled" });
    await backend.stop();
    await open();
    expect(backend.health().broken).toEqual([]);
  });

  test("is cancelled once by many who ask together, and its time does not go back", async () => {
    await interruptTwoRuns();
    tamper("UPDATE event SET body = '{' WHERE run = 1 AND sequence = 2");
    await open({ clock: { ...systemClock, now: () => 1 } });

    await Promise.all([
      backend.cancel("run_1"),
      backend.cancel("run_1"),
      backend.run(request("run_3", 1)),
    ]);

    const { events } = await firstEvents();
    const ofRun = events.filter(({ runId }) => runId === "run_1");
    expect(ofRun.map(({ body }) => body.type)).toEqual(["run.started", "run.cancelled"]);
    expect(ofRun[1]?.timeMs).toBeGreaterThanOrEqual(ofRun[0]?.timeMs ?? Infinity);
  });

  test("goes on when the program is as it was", async () => {
    await interruptTwoRuns();
    await open({ programs: {} });
    const broken = backend.health().broken.map(({ runId }) => runId);
    await backend.stop();

    await open();
    await untilEnd("run_1");

    expect(broken).toEqual(["run_1", "run_2"]);
    expect(await backend.describe("run_1")).toMatchObject({ output: "did 1" });
  });
});

describe("a journal that cannot be written", () => {
  test("refuses who waits, keeps what was done, and goes on by itself when it can", async () => {
    const { disk, probe } = createFullDisk();
    const gate = Promise.withResolvers<void>();
    const starts: unknown[] = [];
    const activities = () => async (input: unknown) => {
      starts.push(input);
      await gate.promise;
      return did(input);
    };
    await open({ probe, activities });
    await backend.run(request("run_1", 3));

    disk.isFull = true;
    const refused = await backend.run(request("run_2", 1)).catch((error: unknown) => error);
    gate.resolve();
    while (disk.tries < 4) await Bun.sleep(5);
    const unwell = backend.health().problem;
    const startsWhileFull = [...starts];
    disk.isFull = false;
    await untilEnd("run_1");

    expect(refused).toMatchObject({ code: "unavailable" });
    expect(unwell).toBe("database or disk is full");
    expect(startsWhileFull).toEqual([0]);
    expect(starts).toEqual([0, 1, 2]);
    expect(backend.health().problem).toBeUndefined();
    expect(await backend.describe("run_1")).toMatchObject({ output: "did 2" });
    expect(await backend.describe("run_2")).toBeUndefined();
    expect(lines.filter((line) => line.includes("cannot be written")).length).toBeGreaterThan(0);
  });

  const canMount =
    process.platform === "linux" && process.getuid?.() === 0 && Bun.which("mount") !== null;
  if (!canMount)
    console.warn("skipped: a disk that is really full, as only root, with mount, can make one");

  test.skipIf(!canMount).each([
    ["rows", 40_000],
    ["files", 100_000],
  ])(
    "on a disk that is really full of %s goes on when there is room again",
    async (_what, size) => {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
      if (mounted.exitCode !== 0) return console.warn("skipped: tmpfs cannot be mounted here");
      try {
        const filler = join(disk, "filler");
        writeFileSync(filler, Buffer.alloc(7.3 * 1024 * 1024));
        const value = "y".repeat(size);
        const journal = { path: join(disk, "journal.db"), blobs: join(disk, "blobs") };
        await open({ ...journal, activities: () => async () => value });

        await backend.run(request("run_1", 30));
        while (backend.health().problem === undefined) await Bun.sleep(5);
        const problem = backend.health().problem;
        await rm(filler);
        await untilEnd("run_1");

        expect(problem).toMatch(/full|no space/i);
        expect(await backend.describe("run_1")).toMatchObject({ output: value });
        expect(await sequencesOf("run_1")).toEqual(
          Array.from({ length: 32 }, (_, index) => index + 1),
        );
      } finally {
        Bun.spawnSync(["umount", "--lazy", disk]);
      }
    },
  );

  test("does not remember what it could not write", async () => {
    const { disk, probe } = createFullDisk();
    await open({ probe, activities: () => hang });
    await backend.run(request("run_1", 1));
    disk.isFull = true;

    const signal = { id: "s", name: "go", data: 0 };
    const refused = await backend.signal("run_1", signal).catch((error: unknown) => error);
    const status = (await backend.describe("run_1"))?.status;
    disk.isFull = false;

    expect(refused).toMatchObject({ code: "unavailable" });
    expect(status).toBe("running");
    expect(await retried(() => backend.signal("run_1", signal))).toBe("accepted");
  });
});

describe("limits", () => {
  test("so many activities are under way at once and no more, and all get their turn", async () => {
    let now = 0;
    let most = 0;
    const activities = () => async () => {
      most = Math.max(most, (now += 1));
      await Bun.sleep(1);
      now -= 1;
      return "";
    };
    await open({ activitiesMax: 3, activities });

    const runIds = Array.from({ length: 20 }, (_, index) => `run_${index}`);
    await Promise.all(runIds.map((runId) => runToEnd(runId, 2)));

    expect(most).toBe(3);
  });

  test("many runs that become ready together share commits", async () => {
    let commits = 0;
    await open({ probe: { afterCommit: () => (commits += 1) } });

    const runIds = Array.from({ length: 100 }, (_, index) => `run_${index}`);
    await Promise.all(runIds.map((runId) => runToEnd(runId, 5)));

    // 100 starts and 500 steps.
    expect(commits).toBeLessThan(100);
  });

  test("time within a run does not go back when the clock does", async () => {
    let nowMs = 5_000;
    const clock = {
      now: () => (nowMs -= 100),
      steady: () => 0,
      wake: () => () => undefined,
    };
    await open({ clock });

    await runToEnd("run_1", 3);

    const times: number[] = [];
    for await (const events of backend.events(0, new AbortController().signal)) {
      times.push(...events.map(({ timeMs }) => timeMs));
      break;
    }
    expect(new Set(times).size).toBe(1);
  });

  test("a stop lets activities end for a while and keeps what they answer", async () => {
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const slow: ActivityHandler = async (input) => {
      started.resolve();
      await gate.promise;
      return did(input);
    };
    await open({ activities: () => slow, drainMs: 10_000 });
    await backend.run(request("run_1", 1));
    await started.promise;

    const stopped = backend.stop();
    gate.resolve();
    await stopped;
    await open({ activities: () => hang });

    expect(await backend.describe("run_1")).toMatchObject({ status: "completed", output: "did 0" });
  });

  test("an activity that answers after the stop is forgotten and repeated at the next start", async () => {
    const gate = Promise.withResolvers<string>();
    await open({ activities: () => () => gate.promise });
    await backend.run(request("run_1", 1));
    await backend.stop();

    gate.resolve("too late");
    await Bun.sleep(1);
    await open();
    await untilEnd("run_1");

    expect(await backend.describe("run_1")).toMatchObject({ output: "did 0" });
    expect(lines.filter((line) => line.includes('"error"'))).toEqual([]);
  });

  test("nothing is taken before the start and after the stop", async () => {
    await open();
    await backend.stop();

    const refused = await backend.run(request("run_1", 1)).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: "unavailable" });
  });
});
