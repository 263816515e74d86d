import { expect, test } from "bun:test";

import { formatDurationMs, parseDurationMs } from "./duration.ts";

test.each([
  ["PT1S", 1_000],
  ["PT0.25S", 250],
  ["PT1M30S", 90_000],
  ["P1DT2H", 93_600_000],
  ["P1W", 604_800_000],
])("%s is %d ms", (text, durationMs) => {
  expect(parseDurationMs(text)).toBe(durationMs);
});

test.each(["", "P", "PT", "1s", "PT-1S", "P1Y", "P1M"])("rejects %p", (text) => {
  expect(() => parseDurationMs(text)).toThrow("is not an ISO 8601 duration");
});

test.each([
  [840, "840 ms"],
  [12_340, "12.3 s"],
  [245_000, "4 m 05 s"],
  [7_380_000, "2 h 03 m"],
  [273_600_000, "3 d 04 h"],
])("%d ms reads %s", (durationMs, text) => {
  expect(formatDurationMs(durationMs)).toBe(text);
});
