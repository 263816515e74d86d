import { expect, test } from "bun:test";

import { readLines } from "../base/lines.ts";
import type { JournalEvent } from "../durable/journal-event.ts";
import { JournalLine } from "../schema/wire/workflow-runner.ts";
import { streamJournal } from "./journal-stream.ts";
import { createProgressFeed } from "./progress-feed.ts";

function event(position: number, size = 0): JournalEvent {
  const body = { type: "note", noteType: "test", data: "x".repeat(size) } as const;
  return { position, runId: "run_1", sequence: position, timeMs: 0, body };
}

const broken = [{ runId: "run_2", reason: "event 2 is damaged" }];
const health = () => ({ lastPosition: 3, problem: undefined, broken });
const markAt = (position: number) => (position === 0 ? undefined : `mark ${position}`);

/** A journal of so many batches; tells how many were taken, and that the reader is gone. */
function createJournal(batches: readonly JournalEvent[][]) {
  const state = { taken: 0, isClosed: false };
  async function* events(_after: number, signal: AbortSignal) {
    try {
      for (const batch of batches) {
        state.taken += 1;
        yield batch;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      if (!signal.aborted) await promise;
    } finally {
      state.isClosed = true;
    }
  }
  return { state, backend: { events, health, markAt, journalId: "j1" } };
}

test("events come in order, and progress between them as it happens", async () => {
  const { backend } = createJournal([[event(1)], [event(2), event(3)]]);
  const feed = createProgressFeed();
  const lines = readLines(streamJournal(backend, feed, 0));
  const next = async () => JournalLine.parse(JSON.parse((await lines.next()).value ?? ""));

  const greeting = await next();
  const first = await next();
  const second = await next();
  feed.show({ runId: "run_1", commandId: "/a", data: "text" });
  const third = await next();

  expect([greeting, first, second, third]).toEqual([
    { type: "journal", id: "j1", lastPosition: 3, broken },
    { type: "events", events: [event(1)] },
    { type: "events", events: [event(2), event(3)] },
    { type: "progress", runId: "run_1", commandId: "/a", data: "text" },
  ]);
});

test("a reader that is slow is waited for", async () => {
  const big = Array.from({ length: 20 }, (_, index) => [event(index + 1, 600_000)]);
  const { backend, state } = createJournal(big);
  const stream = streamJournal(backend, createProgressFeed(), 0);
  for (let turn = 0; turn < 50; turn += 1) await Bun.sleep(0);
  const takenUnread = state.taken;

  let read = 0;
  for await (const line of readLines(stream)) {
    read += JournalLine.parse(JSON.parse(line)).type === "events" ? 1 : 0;
    if (read === 20) break;
  }

  expect(takenUnread).toBeLessThan(5);
  expect(read).toBe(20);
});

test("a silent journal says at once which one it is, and then that it is there", async () => {
  const { backend } = createJournal([]);

  const lines = readLines(streamJournal(backend, createProgressFeed(), 3, 1));

  const beats = [await lines.next(), await lines.next(), await lines.next()];
  expect(beats.map(({ value }) => JSON.parse(value ?? ""))).toEqual([
    { type: "journal", id: "j1", lastPosition: 3, mark: "mark 3", broken },
    { type: "heartbeat", broken },
    { type: "heartbeat", broken },
  ]);
  await lines.return(undefined);
});

test("nothing is read on once the reader has gone", async () => {
  const { backend, state } = createJournal([[event(1)]]);
  const stream = streamJournal(backend, createProgressFeed(), 0);
  const reader = stream.getReader();
  await reader.read();

  await reader.cancel();
  await Bun.sleep(0);

  expect(state.isClosed).toBe(true);
});
