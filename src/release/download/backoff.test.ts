import { expect, test } from "bun:test";

import { parseRetryAfterMs, retryDelayMs, sleepUnlessAborted } from "./backoff.ts";
import { DOWNLOAD_LIMITS } from "./request.ts";

test.each([
  [1, 250, 500],
  [2, 500, 1_000],
  [5, 4_000, 8_000],
  [20, 15_000, 30_000],
])("after try %d it waits between %d and %d ms", (attempt, leastMs, mostMs) => {
  expect(retryDelayMs(attempt, undefined, DOWNLOAD_LIMITS, () => 0)).toBe(leastMs);
  expect(retryDelayMs(attempt, undefined, DOWNLOAD_LIMITS, () => 1)).toBe(mostMs);
});

test("a server may ask for more, never for less", () => {
  expect(retryDelayMs(1, 9_000, DOWNLOAD_LIMITS, () => 0)).toBe(9_000);
  expect(retryDelayMs(5, 10, DOWNLOAD_LIMITS, () => 0)).toBe(4_000);
});

test.each([
  [null, undefined],
  ["120", 120_000],
  [" 0 ", 0],
  ["Thu, 01 Jan 1970 00:00:30 GMT", 20_000],
  ["Thu, 01 Jan 1970 00:00:05 GMT", 0],
  ["soon", undefined],
])("Retry-After: %p is %p", (text, expected) => {
  expect(parseRetryAfterMs(text, 10_000)).toBe(expected);
});

test("waits, and stops to wait with the reason of whoever gives up", async () => {
  const controller = new AbortController();
  await sleepUnlessAborted(1, controller.signal);

  const waiting = sleepUnlessAborted(60_000, controller.signal).catch(String);
  controller.abort(new Error("enough"));

  expect(await waiting).toBe("Error: enough");
  expect(await sleepUnlessAborted(60_000, controller.signal).catch(String)).toBe("Error: enough");
});
