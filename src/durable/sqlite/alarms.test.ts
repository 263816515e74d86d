import { expect, test } from "bun:test";

import { Alarms } from "./alarms.ts";
import type { Clock } from "./clock.ts";

/** A clock that stands still until it is told; what the machine sleeps, its timers do not count. */
function createTestClock(startMs: number) {
  let steadyMs = startMs;
  let machineMs = 0;
  const sleeps: { atMs: number; callback: () => void }[] = [];
  const clock: Pick<Clock, "steady" | "wake"> = {
    steady: () => steadyMs,
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
      steadyMs += next.atMs - machineMs;
      machineMs = next.atMs;
      sleeps.splice(sleeps.indexOf(next), 1);
      next.callback();
    }
    steadyMs += untilMs - machineMs;
    machineMs = untilMs;
  };
  return { clock, pass, suspend: (ms: number) => (steadyMs += ms), sleeps };
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

  alarms.at(dueMs, () => (rungAtMs = clock.steady()));
  pass(dueMs + 1);

  expect(rungAtMs).toBe(dueMs);
});

test("what was due while the machine was suspended rings soon after", () => {
  const { clock, pass, suspend } = createTestClock(0);
  const alarms = new Alarms(clock);
  let hasRung = false;
  alarms.at(3_600_000, () => (hasRung = true));

  suspend(3_600_000);
  pass(15_000);

  expect(hasRung).toBe(true);
});

test("an alarm that is set after the machine was suspended rings in time", () => {
  const { clock, pass, suspend } = createTestClock(0);
  const alarms = new Alarms(clock);
  const rung: string[] = [];
  alarms.at(10_000, () => rung.push("before"));

  suspend(3_600_000);
  alarms.at(clock.steady() + 100, () => rung.push("after"));
  pass(100);

  expect(rung).toEqual(["before", "after"]);
});
