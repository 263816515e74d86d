import { expect, test } from "bun:test";

import { createSteadyTime } from "./clock.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

/** A machine whose clocks are moved by hand. */
function createMachine() {
  let wall = 1_000_000;
  let awake = 0;
  let up = 50_000;
  const steady = createSteadyTime({
    wallMs: () => wall,
    awakeMs: () => awake,
    uptimeMs: () => Math.floor(up / 1_000) * 1_000,
  });
  return {
    steady,
    pass: (ms: number) => void ((wall += ms), (awake += ms), (up += ms)),
    sleep: (ms: number) => void ((wall += ms), (up += ms)),
    set: (byMs: number) => void (wall += byMs),
  };
}

test.each([YEAR_MS, -YEAR_MS, 60_000])("a clock that is set by %d ms changes nothing", (byMs) => {
  const { steady, pass, set } = createMachine();
  const before = steady();

  pass(2_000);
  set(byMs);
  pass(3_000);

  expect(steady() - before).toBe(5_000);
});

test("it is set forth and back, as by a broken time server", () => {
  const { steady, pass, set } = createMachine();
  const before = steady();

  set(YEAR_MS);
  pass(1_000);
  steady();
  set(-YEAR_MS);
  pass(1_000);

  expect(steady() - before).toBe(2_000);
});

test("the sleep of the machine counts", () => {
  const { steady, pass, sleep } = createMachine();
  const before = steady();

  pass(300);
  sleep(8 * 3_600_000);
  pass(500);

  expect(steady() - before).toBe(8 * 3_600_000 + 800);
});

test("a clock that is set while the machine sleeps changes nothing", () => {
  const { steady, sleep, set } = createMachine();
  const before = steady();

  sleep(3_600_000);
  set(-YEAR_MS);

  expect(Math.abs(steady() - before - 3_600_000)).toBeLessThan(1_001);
});

test("small corrections are followed", () => {
  const { steady, pass, set } = createMachine();
  const before = steady();

  for (let second = 0; second < 100; second += 1) {
    pass(1_000);
    set(5);
    steady();
  }

  expect(steady() - before).toBe(100_500);
});
