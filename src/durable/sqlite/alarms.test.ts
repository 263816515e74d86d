import { expect, test } from "bun:test";

import { Alarms } from "./alarms.ts";
import type { Clock } from "./clock.ts";

/** A clock that stands still until it is told; machine time and wall time can be moved apart. */
function createTestClock(startMs: number) {
  let wallMs = startMs;
  let machineMs = 0;
  const sleeps: { atMs: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => wallMs,
    wake: (delayMs, callback) => {
      const sleep = { atMs: machineMs + delayMs, callback };
      sleeps.push(sleep);
      return () => sleeps.splice(sleeps.indexOf(sleep), 1);
    },
  };
  const pass = (durationMs: number): void => {
    const untilMs = machineMs + durationMs;
    for (;;) {
      const next = sleeps.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      wallMs += next.atMs - machineMs;
      machineMs = next.atMs;
      sleeps.splice(sleeps.indexOf(next), 1);
      next.callback();
    }
    wallMs += untilMs - machineMs;
    machineMs = untilMs;
  };
  return { clock, pass, jump: (byMs: number) => (wallMs += byMs), sleeps };
}

test("alarms ring in the order in which they are due, and those due together as they were set", () => {
  const { clock, pass } = createTestClock(1_000);
  const alarms = new Alarms(clock);
  const rung: string[] = [];
  const due = [5, 3, 9, 3, 1, 7, 3];

  for (const [index, afterMs] of due.entries()) {
    alarms.at(1_000 + afterMs, () => rung.push(`${afterMs}.${index}`));
  }
  pass(10);

  expect(rung).toEqual(["1.4", "3.1", "3.3", "3.6", "5.0", "7.5", "9.2"]);
});

test("an alarm that is called off does not ring, and thousands of them take no room", () => {
  const { clock, pass, sleeps } = createTestClock(0);
  const alarms = new Alarms(clock);
  const rung: number[] = [];

  const cancels = Array.from({ length: 5_000 }, (_, index) =>
    alarms.at(index + 1, () => rung.push(index)),
  );
  for (const [index, cancel] of cancels.entries()) if (index !== 4_321) cancel();
  pass(10_000);

  expect(rung).toEqual([4_321]);
  expect(sleeps).toEqual([]);
});

test("an alarm that is far beyond what a timer can count still rings when it is due", () => {
  const { clock, pass } = createTestClock(0);
  const alarms = new Alarms(clock);
  const dueMs = 2 ** 31 + 5_000;
  let rungAtMs = 0;

  alarms.at(dueMs, () => (rungAtMs = clock.now()));
  pass(dueMs + 1);

  expect(rungAtMs).toBe(dueMs);
});

test("a clock that is set forward is noticed soon", () => {
  const { clock, pass, jump } = createTestClock(0);
  const alarms = new Alarms(clock);
  let hasRung = false;
  alarms.at(3_600_000, () => (hasRung = true));

  jump(3_600_000);
  pass(15_000);

  expect(hasRung).toBe(true);
});

test("a clock that is set back delays what is due at a wall time", () => {
  const { clock, pass, jump } = createTestClock(3_600_000);
  const alarms = new Alarms(clock);
  let hasRung = false;
  alarms.at(3_610_000, () => (hasRung = true));

  jump(-3_600_000);
  pass(20_000);
  const rangEarly = hasRung;
  pass(3_600_000);

  expect([rangEarly, hasRung]).toEqual([false, true]);
});

test("an alarm that is set after the clock was set forward rings in time", () => {
  const { clock, pass, jump } = createTestClock(0);
  const alarms = new Alarms(clock);
  const rung: string[] = [];
  alarms.at(10_000, () => rung.push("before"));

  jump(3_600_000);
  alarms.at(clock.now() + 100, () => rung.push("after"));
  pass(100);

  expect(rung).toEqual(["before", "after"]);
});
