import type { DriveEnd } from "../drive.ts";
import { DamagedEvent } from "./journal.ts";
import type { Journal, RunRow } from "./journal.ts";
import { unreadableError } from "./run-errors.ts";

/** How a run that is no longer in memory ended: its last event says it. What cannot be read counts as failed. */
export function endOf(journal: Journal, row: RunRow): DriveEnd {
  try {
    return readEnd(journal, row);
  } catch (error) {
    if (!(error instanceof DamagedEvent)) throw error;
    return { status: "failed", error: unreadableError(error) };
  }
}

function readEnd(journal: Journal, row: RunRow): DriveEnd {
  const { body, sequence } = journal.lastEventOf(row);
  if (body.type === "run.completed") return { status: "completed", output: body.output };
  if (body.type === "run.failed") return { status: "failed", error: body.error };
  if (body.type !== "run.cancelled") {
    throw new DamagedEvent(row.runId, sequence + 1, "the end of the run is missing");
  }
  const { reason } = body;
  return { status: "cancelled", ...(reason !== undefined && { reason }) };
}
