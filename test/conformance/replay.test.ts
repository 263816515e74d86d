import { expect, test } from "bun:test";

import { createLog } from "../../src/base/log.ts";
import { createDrive, type Step } from "../../src/durable/drive.ts";
import type { JournalEvent, JournalEventBody } from "../../src/durable/journal-event.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { errorOf, isEnd, request, untilEnd, Workshop } from "./backend-fixture.ts";
import { type Script, scriptProgram } from "./script-program.ts";

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

/** Numbers that look random and are the same each time (mulberry32). */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

function randomScript(roll: (sides: number) => number, depth: number): Script {
  const some = (): Script[] =>
    Array.from({ length: 1 + roll(4) }, () => randomScript(roll, depth - 1));
  const kinds: (() => Script)[] = [
    () => ({ do: "activity", name: "work", input: roll(5) }),
    () => ({ do: "timer", ms: roll(6) }),
    () => ({ do: "event", name: ["red", "green"][roll(2)] ?? "red" }),
    () => ({ do: "note", text: `note ${roll(100)}` }),
    () => ({ do: "now" }),
    () => ({ do: "sequence", steps: some() }),
    () => ({ do: "all", steps: some() }),
    () => ({ do: "race", steps: some() }),
    () => ({ do: "repeat", times: roll(4), step: randomScript(roll, depth - 1) }),
    () => ({ do: "child", script: randomScript(roll, depth - 1) }),
    () => ({ do: "catch", step: randomScript(roll, depth - 1) }),
  ];
  const kind = kinds[roll(depth > 0 ? kinds.length : 5)];
  return kind ? kind() : { do: "now" };
}

/** The notes and the end that a replay of the events comes to: what the engine journaled of its own accord. */
function replayed(events: readonly JournalEvent[]): JournalEventBody[] {
  const drive = createDrive(events[0]?.runId ?? "", scriptProgram);
  return events.flatMap((event) => followers(drive.advance(event)));
}

function followers({ notes, end }: Step): JournalEventBody[] {
  const bodies: JournalEventBody[] = notes.map(({ type, subject, data }) => ({
    type: "note",
    noteType: type,
    ...(subject !== undefined && { subject }),
    data,
  }));
  if (end?.status === "completed") bodies.push({ type: "run.completed", output: end.output });
  if (end?.status === "failed") bodies.push({ type: "run.failed", error: end.error });
  return bodies;
}

test.each(SEEDS)(
  "script %i: a replay comes to the very notes and end of the journal",
  async (seed) => {
    const roll = createDice(seed);
    const workshop = new Workshop();
    workshop.handlers["work"] = async (input) => {
      await Bun.sleep(Number(input));
      return input;
    };
    const backend = openSqliteBackend({
      ...workshop.parts(),
      path: ":memory:",
      log: createLog("test", () => undefined),
      drainMs: 0,
    });
    await backend.start();
    const asked = request({
      do: "sequence",
      steps: [randomScript(roll, 4), randomScript(roll, 4)],
    });
    const reading = new AbortController();
    const journal: JournalEvent[] = [];
    const read = (async () => {
      for await (const events of backend.events(0, reading.signal)) journal.push(...events);
    })();

    await backend.run(asked);
    const ended = untilEnd(backend, asked.runId).then(() => true);
    for (
      let count = 0;
      !(await Promise.race([ended, Bun.sleep(2).then(() => false)]));
      count += 1
    ) {
      const runIds = [...new Set(journal.map(({ runId }) => runId))];
      const runId = runIds[roll(runIds.length)] ?? asked.runId;
      if (roll(4) === 0) await backend.pause(runId);
      else await backend.resume(runId);
      const name = ["red", "green"][roll(2)] ?? "red";
      await errorOf(backend.signal(runId, { id: `s${count}`, name, data: count }));
      if (count === 200) for (const one of runIds) await backend.cancel(one);
    }
    await backend.stop();
    reading.abort();
    await read;

    const runs = Map.groupBy(journal, ({ runId }) => runId);
    expect(runs.has(asked.runId)).toBe(true);
    for (const events of runs.values()) {
      const own = events.map(({ body }) => body).filter((body) => isOwn(body));
      expect(events.filter(isEnd)).toHaveLength(1);
      expect(replayed(events)).toEqual(own);
    }
  },
);

/** What follows from other events, and from nothing else. */
function isOwn({ type }: JournalEventBody): boolean {
  return type === "note" || type === "run.completed" || type === "run.failed";
}
