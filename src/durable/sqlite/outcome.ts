import type { Batch, Recorded } from "./batch.ts";
import { findLive, proceed } from "./course.ts";
import type { Engine } from "./engine.ts";

/** A command of a run. */
export interface Place {
  readonly runId: string;
  readonly commandId: string;
}

/** Journals how a command ended, if its run still waits for it. */
export function takeOutcome(engine: Engine, batch: Batch, place: Place, recorded: Recorded): void {
  const run = findLive(engine, place.runId);
  if (run?.drive.pending.has(place.commandId)) proceed(engine, batch, run, recorded);
}
