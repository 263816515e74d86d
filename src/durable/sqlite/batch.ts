import { JournalEventBody } from "../journal-event.ts";
import type { Input, LiveRun } from "./engine.ts";
import type { NewEvent, RunRow } from "./journal.ts";

/**
 * One transaction in the making. Everything is decided in memory first; what the world may see of it (`effects`)
 * happens after the commit. When the commit fails, nothing has happened but that memory is ahead.
 */
export interface Batch {
  readonly nowMs: number;
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
 * cannot.
 */
export function record(body: JournalEventBody): Recorded {
  const text = JSON.stringify(body);
  return { text, body: JournalEventBody.parse(JSON.parse(text)) };
}

export function createBatch(nowMs: number, position: number, runKey: number): Batch {
  return {
    nowMs,
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

/** Puts an event at the end of a run's journal. Time never goes back within a run. */
export function append(batch: Batch, run: LiveRun, recorded: Recorded): void {
  run.sequence += 1;
  run.timeMs = Math.max(run.timeMs, batch.nowMs, recorded.timeMsMin ?? 0);
  batch.touched.add(run);
  batch.events.push({
    position: batch.nextPosition,
    runKey: run.key,
    sequence: run.sequence,
    timeMs: run.timeMs,
    text: recorded.text,
  });
  batch.nextPosition += 1;
}
