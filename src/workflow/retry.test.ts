import { expect, test } from "bun:test";

import type { RetryPolicy } from "../dsl/retry.ts";
import { nextDelayMs } from "./retry.ts";
import type { Frame } from "./run-state.ts";

const second = { seconds: 1 };

test.each<[string, RetryPolicy, (number | undefined)[]]>([
  ["nothing said", {}, [0, 0, 0]],
  ["constant", { delay: second, backoff: { constant: {} } }, [1_000, 1_000, 1_000]],
  ["no backoff", { delay: second }, [1_000, 1_000, 1_000]],
  ["linear", { delay: second, backoff: { linear: {} } }, [1_000, 2_000, 3_000]],
  ["exponential", { delay: second, backoff: { exponential: {} } }, [1_000, 2_000, 4_000]],
  ["two retries", { delay: second, limit: { attempt: { count: 2 } } }, [1_000, 1_000, undefined]],
  ["an expression", { delay: '${ "PT\\(.status / 100)S" }' }, [5_000, 5_000, 5_000]],
  ["a condition that fails", { delay: second, when: ".status == 404" }, [undefined]],
  ["an exception that holds", { delay: second, exceptWhen: ".status == 500" }, [undefined]],
])("waits with %s", (_what, policy, delays) => {
  const got = delays.map((_, index) =>
    nextDelayMs(policy, frame("run_1"), { retry: index + 1, startedAtMs: 0 }),
  );

  expect(got).toEqual(delays);
});

test("gives up when the next attempt would be after the limit", () => {
  const policy: RetryPolicy = { delay: { seconds: 4 }, limit: { duration: "PT10S" } };

  const delays = [0, 6_000, 6_001].map((nowMs) =>
    nextDelayMs(policy, frame("run_1", nowMs), { retry: 1, startedAtMs: 0 }),
  );

  expect(delays).toEqual([4_000, 4_000, undefined]);
});

test("spreads by jitter within its bounds, the same at each replay", () => {
  const policy: RetryPolicy = {
    delay: second,
    jitter: { from: { milliseconds: 10 }, to: { milliseconds: 500 } },
  };
  const delayOf = (run: number): number =>
    nextDelayMs(policy, frame(`run_${run}`), { retry: 1, startedAtMs: 0 }) ?? 0;

  const delays = Array.from({ length: 500 }, (_, run) => delayOf(run));

  expect(Math.min(...delays)).toBeGreaterThanOrEqual(1_010);
  expect(Math.max(...delays)).toBeLessThanOrEqual(1_500);
  expect(new Set(delays).size).toBeGreaterThan(200);
  expect(delays.filter((delay) => delay < 1_255).length).toBeGreaterThan(150);
  expect(delayOf(7)).toBe(delayOf(7));
});

test("never waits longer than a year", () => {
  const policy: RetryPolicy = { delay: { days: 300 }, backoff: { exponential: {} } };

  expect(nextDelayMs(policy, frame("run_1"), { retry: 900, startedAtMs: 0 })).toBe(31_536_000_000);
});

function frame(runId: string, nowMs = 0): Frame {
  const run: Frame["run"] = {
    runId,
    document: {
      document: { dsl: "1.0.3", namespace: "test", name: "test", version: "1.0.0" },
      do: [],
    },
    mode: "strict",
    workflow: {},
    note: () => {},
    runTask: () => {
      throw new Error("unreachable: a policy runs no task");
    },
    nowMs,
    budget: { spent: 0 },
    context: {},
    pureSteps: 0,
  };
  const place = { name: "risky", pointer: "/do/0/risky", position: "/do/0/risky", callDepth: 0 };
  const input = { type: "https://example.test/e", status: 500 };
  return { run, ...place, locals: { error: input }, input, descriptor: {} };
}
