import { expect, test } from "bun:test";

import type { JsonValue } from "../base/json.ts";
import type { JournalEventBody } from "../durable/journal-event.ts";
import { toEntry, toLiveEvent } from "./journal-to-events.ts";

const subject = { kind: "Agent", name: "writer" } as const;
const error = { type: "https://stigmer.ai/errors/model", status: 429, detail: "slow down" };

function entryOf(body: JournalEventBody) {
  return toEntry({ position: 9, runId: "run_1", sequence: 4, timeMs: 1_767_225_600_000, body });
}

test("an entry keeps its place and has the event's own id", () => {
  const entry = entryOf({ type: "note", noteType: "x.y", subject: "/do/0", data: { a: 1 } });

  expect(entry).toEqual({
    position: 9,
    runId: "run_1",
    time: "2026-01-01T00:00:00.000Z",
    change: undefined,
    event: { id: "run_1/4", type: "x.y", subject: "/do/0", data: { a: 1 } },
  });
});

function show(data: JsonValue) {
  const line = { type: "progress", runId: "run_1", commandId: "/step/1", data } as const;
  return toLiveEvent(line, new Date(0));
}

test.each<[JournalEventBody, unknown, unknown]>([
  [
    {
      type: "run.started",
      program: "agent",
      subject,
      definition: { secretive: true },
      definitionHash: "h",
      input: { message: "x" },
      parent: { runId: "run_0", commandId: "/do/0" },
    },
    { type: "started", ...subject, input: { message: "x" }, parentRunId: "run_0" },
    {
      type: "ai.stigmer.run.started.v1",
      data: {
        ...subject,
        input: { message: "x" },
        definitionHash: "h",
        parentRunId: "run_0",
        parentCommandId: "/do/0",
      },
    },
  ],
  [
    {
      type: "activity.retrying",
      commandId: "/step/1",
      attempt: 1,
      error,
      dueMs: 1_767_225_601_000,
    },
    undefined,
    {
      type: "ai.stigmer.run.retrying.v1",
      subject: "/step/1",
      data: { attempt: 1, error, nextAttemptAt: "2026-01-01T00:00:01.000Z" },
    },
  ],
  [
    { type: "signal.received", signalId: "s", name: "go", data: null },
    undefined,
    { type: "ai.stigmer.run.signalled.v1", data: { id: "s", name: "go", data: null } },
  ],
  [
    { type: "run.paused" },
    { type: "status", status: "paused" },
    { type: "ai.stigmer.run.paused.v1", data: {} },
  ],
  [
    { type: "run.resumed" },
    { type: "status", status: "running" },
    { type: "ai.stigmer.run.resumed.v1", data: {} },
  ],
  [
    { type: "run.completed", output: 1 },
    { type: "ended", status: "completed", output: 1 },
    { type: "ai.stigmer.run.completed.v1", data: { output: 1 } },
  ],
  [
    { type: "run.failed", error },
    { type: "ended", status: "failed", error },
    { type: "ai.stigmer.run.failed.v1", data: { error } },
  ],
  [
    { type: "run.cancelled", reason: "enough" },
    { type: "ended", status: "cancelled", reason: "enough" },
    { type: "ai.stigmer.run.cancelled.v1", data: { reason: "enough" } },
  ],
])("%j is seen as it should be", (body, change, event) => {
  const entry = entryOf(body);

  expect(entry.change).toEqual(change as typeof entry.change);
  expect(entry.event).toMatchObject(event as object);
});

test.each<JournalEventBody>([
  { type: "outcome.succeeded", commandId: "/do/0", value: { big: true } },
  { type: "outcome.failed", commandId: "/do/0", error },
])("%j is the engine's own affair", (body) => {
  expect(entryOf(body).event).toBeUndefined();
});

test("what an activity shows is live text, live reasoning, or progress of another kind", () => {
  expect(show({ type: "text", text: "a" })).toMatchObject({
    type: "ai.stigmer.agent.text-delta.v1",
    subject: "/step/1",
    data: { text: "a" },
  });
  expect(show({ type: "reasoning", text: "b" }).type).toBe("ai.stigmer.agent.reasoning-delta.v1");
  const starting = { server: "docs", elapsedMs: 1_000, limitMs: 120_000 };
  expect(show({ type: "mcp-starting", ...starting })).toMatchObject({
    type: "ai.stigmer.agent.mcp-starting.v1",
    data: starting,
  });
  expect(show(null)).toMatchObject({ type: "ai.stigmer.activity.progress.v1", data: null });
  expect(show(null)).not.toHaveProperty("sequence");
});
