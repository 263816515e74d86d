import { expect, test } from "bun:test";

import { steadyTimeOf } from "./run-time.ts";

const YEAR_MS = 365 * 86_400_000;
const clockAt = (now: number, steady: number) => {
  const clock = { now: () => now, steady: () => steady, wake: () => () => {} };
  return { clock };
};

test.each([
  ["is not set", 0],
  ["jumps a year forward", YEAR_MS],
  ["jumps a year back", -YEAR_MS],
])(
  "a wait is as long as it was meant when the clock %s after the event that began it",
  (_, jump) => {
    const run = { timeMs: 1_000_000, steadyMs: 500 };

    expect(steadyTimeOf(clockAt(1_000_000 + jump, 510), run, 1_060_000)).toBe(60_500);
  },
);

test("after a restart what has passed meanwhile counts, and a clock that was set back does not", () => {
  const run = { timeMs: 1_000_000, steadyMs: undefined };

  expect(steadyTimeOf(clockAt(1_040_000, 500), run, 1_060_000)).toBe(20_500);
  expect(steadyTimeOf(clockAt(1_000_000 - YEAR_MS, 500), run, 1_060_000)).toBe(60_500);
});
