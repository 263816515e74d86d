import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { createDrive, type Drive } from "../../src/durable/drive.ts";
import { JournalEventBody } from "../../src/durable/journal-event.ts";
import type { Program } from "../../src/durable/program.ts";
import { type CrashCase, crashCase } from "./crash-script.ts";

const program = resolve(import.meta.dir, "crash-process.ts");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stigmer-crash-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(kind: string, moment: string): Promise<{ wasKilled: boolean; stdout: string }> {
  const child = Bun.spawn([process.execPath, program, folder, kind, moment], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const stdout = await new Response(child.stdout).text();
  await child.exited;
  return { wasKilled: child.signalCode === "SIGKILL", stdout };
}

/** What the world has seen so far: the idempotency key of each start of an activity. */
function effects(): string[] {
  const path = join(folder, "effects.log");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").filter(Boolean) : [];
}

interface Reading {
  /** Keys of the activities that are done as far as the journal knows. */
  readonly done: Set<string>;
  /** Keys of all commands that a decision in the journal asks for. */
  readonly asked: Set<string>;
  readonly problems: string[];
}

/** Reads the journal without the engine and replays it. */
function readJournal(programs: CrashCase["programs"]): Reading {
  const reading: Reading = { done: new Set(), asked: new Set(), problems: [] };
  const path = join(folder, "journal.db");
  if (!existsSync(path)) return reading;
  const database = new Database(path);
  const drives = new Map<string, Drive>();
  try {
    const rows = database
      .query<{ id: string; time_ms: number; body: string | null; blob: string | null }, []>(
        "SELECT run.id, time_ms, body, blob FROM event JOIN run ON run.key = event.run ORDER BY position",
      )
      .all();
    for (const { id, time_ms: timeMs, body: text, blob } of rows) {
      const body = JournalEventBody.parse(JSON.parse(text ?? readBlob(blob!)));
      const drive = drives.get(id) ?? createDrive(id, programOf(body, programs));
      drives.set(id, drive);
      for (const command of drive.advance({ timeMs, body }).commands) {
        reading.asked.add(`${id}/${command.id}`);
      }
      if ("commandId" in body && body.type !== "activity.retrying") {
        reading.done.add(`${id}/${body.commandId}`);
      }
    }
  } catch (error) {
    // A process that was killed before it made the tables.
    if (!String(error).includes("no such table")) reading.problems.push(String(error));
  } finally {
    database.close();
  }
  return reading;
}

function programOf(body: JournalEventBody, programs: CrashCase["programs"]): Program {
  const found = body.type === "run.started" ? programs[body.program] : undefined;
  if (!found) throw new Error("the journal of a run does not begin with a program");
  return found;
}

function readBlob(hash: string): string {
  return readFileSync(join(folder, "blobs", hash.slice(0, 2), hash), "utf8");
}

/** The output of a run that nobody kills. */
async function undisturbed(kind: string): Promise<string> {
  const { wasKilled, stdout } = await run(kind, "never");
  expect(wasKilled).toBe(false);
  expect(JSON.parse(stdout)).toMatchObject({ status: "completed" });
  await startAfresh();
  return stdout;
}

async function startAfresh(): Promise<void> {
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "stigmer-crash-"));
}

describe("kill -9 at every step boundary", () => {
  test.each([
    ["script", "before"],
    ["script", "after"],
    ["script", "start"],
    ["workflow", "after"],
    ["workflow", "start"],
  ])(
    "of a %s, %s: the result is the same, and no activity that was done runs again",
    async (kind, moment) => {
      const expected = await undisturbed(kind);
      const { programs } = await crashCase(kind);
      let killed = 0;
      let done = 0;
      for (let count = 1; ; count += 1) {
        const crashed = await run(kind, `${moment}:${count}`);
        const seen = effects();
        const journal = readJournal(programs);
        if (!crashed.wasKilled) break;
        killed += 1;
        done += journal.done.size;

        const { stdout } = await run(kind, "never");

        expect(journal.problems).toEqual([]);
        expect(seen.filter((key) => !journal.asked.has(key))).toEqual([]);
        expect(stdout).toBe(expected);
        const after = effects().slice(seen.length);
        expect(after.filter((key) => journal.done.has(key))).toEqual([]);
        await startAfresh();
      }
      expect(killed).toBeGreaterThan(8);
      expect(done).toBeGreaterThan(killed);
    },
    120_000,
  );

  test.each(["script", "workflow"])(
    "a %s whose process is killed again and again still gets to its end",
    async (kind) => {
      const expected = await undisturbed(kind);
      const { programs } = await crashCase(kind);
      let ended: string | undefined;
      let kills = 0;
      let done = new Set<string>();
      while (ended === undefined) {
        const before = effects().length;
        const { wasKilled, stdout } = await run(kind, "after:2");
        const repeated = effects()
          .slice(before)
          .filter((key) => done.has(key));
        expect(repeated).toEqual([]);
        ({ done } = readJournal(programs));
        if (wasKilled) kills += 1;
        else ended = stdout;
      }

      expect(ended).toBe(expected);
      expect(kills).toBeGreaterThan(5);
    },
    120_000,
  );
});
