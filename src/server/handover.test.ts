import { expect, test } from "bun:test";

import { StigmerError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import type { PendingRun } from "../store/runs.ts";
import { createHandover, type HandoverOptions } from "./handover.ts";

const BROKEN = new StigmerError("failed", "disk trouble");

test("a start that fails again and again keeps neither other starts nor cancels waiting", async () => {
  const { calls, options, untilCalled } = world({ start: { bad: BROKEN }, cancel: {} });
  const stopped = new AbortController();

  const work = createHandover(options).work(stopped.signal);
  await untilCalled("start bad", 3);
  stopped.abort();
  await work;

  expect(calls.filter((call) => call === "start good")).toHaveLength(1);
  expect(calls.filter((call) => call === "cancel old")).toHaveLength(1);
  expect(calls.indexOf("cancel old")).toBeLessThan(calls.lastIndexOf("start bad"));
});

test("a cancel that fails is tried again and holds up no other", async () => {
  const { calls, options, untilCalled } = world({ start: {}, cancel: { old: BROKEN } });
  const stopped = new AbortController();

  const work = createHandover(options).work(stopped.signal);
  await untilCalled("cancel old", 3);
  stopped.abort();
  await work;

  expect(calls.filter((call) => call === "cancel other")).toHaveLength(1);
  expect(calls.filter((call) => call.startsWith("start"))).toHaveLength(2);
});

test("a failing delivery waits longer each time", async () => {
  const { options, rests, untilCalled } = world({ start: { bad: BROKEN }, cancel: {} });
  const stopped = new AbortController();

  const work = createHandover(options).work(stopped.signal);
  await untilCalled("start bad", 4);
  stopped.abort();
  await work;

  expect(rests.slice(0, 3)).toEqual(rests.slice(0, 3).toSorted((a, b) => a - b));
  expect(new Set(rests.slice(0, 3)).size).toBe(3);
});

/** Two runs to start and two to cancel, over an engine on which some deliveries fail. */
function world(errors: { start: Record<string, Error>; cancel: Record<string, Error> }) {
  const calls: string[] = [];
  const rests: number[] = [];
  const waiting: { call: string; times: number; resolve: () => void }[] = [];
  const deliver = async (call: string, error: Error | undefined): Promise<void> => {
    calls.push(call);
    for (const wait of waiting) {
      if (calls.filter((known) => known === wait.call).length >= wait.times) wait.resolve();
    }
    if (error) throw error;
  };
  const options: HandoverOptions = {
    store: {
      runs: {
        pending: async () => ["bad", "good"].map(pendingRun),
        cancelling: async () =>
          ["old", "other"].map((id) => ({ id, reason: undefined, isPending: false })),
      },
      journal: { endPending: async () => new Set() },
    },
    runner: {
      start: ({ runId }) => deliver(`start ${runId}`, errors.start[runId]),
      cancel: (id) => deliver(`cancel ${id}`, errors.cancel[id]),
    },
    feed: { grown: () => undefined },
    log: createLog("test", () => undefined),
    sleep: async (durationMs) => {
      rests.push(durationMs);
    },
  };
  const untilCalled = (call: string, times: number): Promise<void> =>
    new Promise((resolve) => waiting.push({ call, times, resolve }));
  return { calls, rests, options, untilCalled };
}

function pendingRun(id: string): PendingRun {
  return { id, kind: "Workflow", name: "x", input: null, definition: null };
}
