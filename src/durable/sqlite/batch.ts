import { parseJson } from "../../base/json.ts";
import type { JsonValue } from "../../base/json.ts";
import { JournalEventBody } from "../journal-event.ts";
import type { Clock } from "./clock.ts";
import type { Input, LiveRun } from "./engine.ts";
import { toEventText } from "./event-text.ts";
import type { NewEvent, RunRow } from "./journal.ts";

/**
 * One transaction in the making. Everything is decided in memory first; what the world may see of it (`effects`)
 * happens after the commit. When the commit fails, nothing has happened but that memory is ahead.
 */
export interface Batch {
  readonly nowMs: number;
  /** The same moment in steady time. */
  readonly steadyMs: number;
  nextPosition: number;
  nextRunKey: number;
  readonly runs: RunRow[];
  readonly events: NewEvent[];
  readonly endedKeys: number[];
  readonly touched: Set<LiveRun>;
  /** What follows from this very batch, decided on before it is written. */
  readonly derived: Input["decide"][];
  readonly effects: (() => void)[];
  /** What else memory has to forget when the commit fails. */
  readonly undo: (() => void)[];
}

/** An event body as a replay would read it, and its text. */
export interface Recorded {
  readonly body: JournalEventBody;
  readonly text: string;
  /** The event's time is not before this. */
  readonly timeMsMin?: number;
}

/**
 * The drive only ever sees what went through JSON, so that a replay cannot differ. Throws when the body holds what JSON
 * cannot, or more than a journal takes.
 */
export function record(body: JournalEventBody): Recorded {
  const text = toEventText(body);
  return { text, body: JournalEventBody.parse(JSON.parse(text)) };
}

/** The same as `record`, for the one event that every step has: only the value is taken through JSON. */
export function recordSuccess(commandId: string, value: JsonValue): Recorded {
  const valueText = toEventText(value);
  const body = { type: "outcome.succeeded", commandId, value: parseJson(valueText) } as const;
  const id = JSON.stringify(commandId);
  return { body, text: `{"type":"outcome.succeeded","commandId":${id},"value":${valueText}}` };
}

export function createBatch(
  clock: Pick<Clock, "now" | "steady">,
  position: number,
  runKey: number,
): Batch {
  return {
    nowMs: clock.now(),
    steadyMs: clock.steady(),
    nextPosition: position,
    nextRunKey: runKey,
    runs: [],
    events: [],
    endedKeys: [],
    touched: new Set(),
    derived: [],
    effects: [],
    undo: [],
  };
}

/** Puts an event at the end of a run's journal. */
export function append(batch: Batch, run: LiveRun, text: string, timeMs: number): void {
  run.sequence += 1;
  run.timeMs = timeMs;
  run.steadyMs = batch.steadyMs;
  batch.touched.add(run);
  batch.events.push({
    position: batch.nextPosition,
    runKey: run.key,
    sequence: run.sequence,
    timeMs: run.timeMs,
    text,
  });
  batch.nextPosition += 1;
}
