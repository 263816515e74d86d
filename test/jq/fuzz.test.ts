import { expect, test } from "bun:test";

import { fuzz } from "./fuzz.ts";

test("random programs end, and in no other way than a program may end", () => {
  const report = fuzz(5_000, 7);

  expect(report.refused).toBeGreaterThan(0);
  expect(report.failed).toBeGreaterThan(0);
  expect(report.exhausted).toBeGreaterThan(0);
  expect(report.done).toBeGreaterThan(0);
  expect(report.refused + report.failed + report.exhausted + report.done).toBe(5_000);
}, 60_000);
