import { expect, test } from "bun:test";

import { formatAge } from "./relative-time.ts";

const nowMs = Date.parse("2026-11-22T12:00:00Z");

test.each([
  ["2026-11-22T12:00:00Z", "now"],
  ["2026-11-22T12:00:09Z", "now"],
  ["2026-11-22T11:59:48Z", "12 s ago"],
  ["2026-11-22T11:57:00Z", "3 m ago"],
  ["2026-11-22T07:00:00Z", "5 h ago"],
  ["2026-10-01T12:00:00Z", "52 d ago"],
])("%s reads %s", (time, text) => {
  expect(formatAge(time, nowMs)).toBe(text);
});
