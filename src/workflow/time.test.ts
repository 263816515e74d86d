import { expect, test } from "bun:test";

import { toIso8601 } from "./time.ts";

test("writes times as the calendar has them", () => {
  const times = [0, 951_782_399_999, 951_868_800_000, 4_107_542_399_000, -1, 1_769_860_800_123];

  expect(times.map(toIso8601)).toEqual(times.map((time) => new Date(time).toISOString()));
});

test("agrees with the calendar on every day of four centuries", () => {
  const differing: number[] = [];
  for (let day = -40_000; day < 110_000; day += 1) {
    const time = day * 86_400_000 + 12_345_678;
    if (toIso8601(time) !== new Date(time).toISOString()) differing.push(day);
  }

  expect(differing).toEqual([]);
});
