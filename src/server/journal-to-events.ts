import { z } from "zod";

import { Json, type JsonValue } from "../base/json.ts";
import type { JournalEvent } from "../durable/journal-event.ts";
import type { RunEvent } from "../schema/api/run-event.ts";
import { McpProgress, ModelProgress } from "../schema/wire/agent-step.ts";
import type { JournalLine } from "../schema/wire/workflow-runner.ts";
import type { JournalEntry, RunChange } from "../store/journal-entry.ts";
import { eventSource } from "../store/run-events.ts";

/** What an event of the journal means for the run, and how observers see it. */
export function toEntry({ position, runId, sequence, timeMs, body }: JournalEvent): JournalEntry {
  const { change, event } = meaningOf(body);
  return {
    position,
    runId,
    time: new Date(timeMs).toISOString(),
    change,
    event: event && { id: `${runId}/${sequence}`, ...event },
  };
}

interface Meaning {
  readonly change?: RunChange;
  readonly event?: Observed;
}

interface Observed {
  readonly type: string;
  readonly subject?: string | undefined;
  readonly data: JsonValue;
}

function meaningOf(body: JournalEvent["body"]): Meaning {
  // Outcomes are how the engine remembers; what they mean is told by the program's own notes.
  if (body.type === "outcome.succeeded" || body.type === "outcome.failed") return {};
  if (body.type === "note") {
    return { event: { type: body.noteType, subject: body.subject, data: body.data } };
  }
  if (body.type === "activity.retrying") return { event: retryingEvent(body) };
  if (body.type === "signal.received") {
    const data = { id: body.signalId, name: body.name, data: body.data };
    return { event: { type: "ai.stigmer.run.signalled.v1", data } };
  }
  return lifeOf(body);
}

type RunBody = Extract<JournalEvent["body"], { type: `run.${string}` }>;

/** The life of the run itself. */
function lifeOf(body: RunBody): Meaning {
  const type = `ai.stigmer.${body.type}.v1`;
  if (body.type === "run.started") return startOf(body, type);
  if (body.type === "run.paused" || body.type === "run.resumed") {
    const status = body.type === "run.paused" ? "paused" : "running";
    return { change: { type: "status", status }, event: { type, data: {} } };
  }
  if (body.type === "run.completed") {
    const { output } = body;
    return {
      change: { type: "ended", status: "completed", output },
      event: { type, data: { output } },
    };
  }
  if (body.type === "run.failed") {
    const { error } = body;
    return {
      change: { type: "ended", status: "failed", error },
      event: { type, data: { error: Json.parse(error) } },
    };
  }
  const { reason } = body;
  return { change: { type: "ended", status: "cancelled", reason }, event: cancelledEvent(reason) };
}

function startOf(
  { subject, input, definitionHash, parent }: Extract<RunBody, { type: "run.started" }>,
  type: string,
): Meaning {
  const from = parent && { parentRunId: parent.runId, parentCommandId: parent.commandId };
  return {
    change: { type: "started", ...subject, input, parentRunId: parent?.runId },
    event: { type, data: { ...subject, input, definitionHash, ...from } },
  };
}

function retryingEvent({
  commandId,
  attempt,
  error,
  dueMs,
}: Extract<JournalEvent["body"], { type: "activity.retrying" }>): Observed {
  return {
    type: "ai.stigmer.run.retrying.v1",
    subject: commandId,
    data: { attempt, error: Json.parse(error), nextAttemptAt: new Date(dueMs).toISOString() },
  };
}

export function cancelledEvent(reason: string | undefined): Observed {
  return { type: "ai.stigmer.run.cancelled.v1", data: reason === undefined ? {} : { reason } };
}

/** What an activity shows while it runs. It has no place in the journal, so no number: it can't be asked for again. */
export function toLiveEvent(
  { runId, commandId, data }: Extract<JournalLine, { type: "progress" }>,
  now: Date,
): RunEvent {
  return {
    specversion: "1.0",
    id: Bun.randomUUIDv7(),
    source: eventSource(runId),
    subject: commandId,
    time: now.toISOString(),
    datacontenttype: "application/json",
    runid: runId,
    ...observe(data),
  };
}

const AgentProgress = z.union([ModelProgress, McpProgress]);

function observe(progress: JsonValue): Pick<RunEvent, "type" | "data"> {
  const { data: known } = AgentProgress.safeParse(progress);
  if (!known) return { type: "ai.stigmer.activity.progress.v1", data: progress };
  const { type, ...data } = known;
  return { type: LIVE_TYPES[type], data };
}

const LIVE_TYPES = {
  text: "ai.stigmer.agent.text-delta.v1",
  reasoning: "ai.stigmer.agent.reasoning-delta.v1",
  "mcp-starting": "ai.stigmer.agent.mcp-starting.v1",
} as const;
