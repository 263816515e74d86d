import type { DriveEnd } from "../drive.ts";
import type { Journal, RunRow } from "./journal.ts";

/** How a run that is no longer in memory ended: its last event says it. */
export function endOf(journal: Journal, row: RunRow): DriveEnd {
  const { body } = journal.lastEventOf(row);
  if (body.type === "run.completed") return { status: "completed", output: body.output };
  if (body.type === "run.failed") return { status: "failed", error: body.error };
  if (body.type !== "run.cancelled") {
    throw new Error(
      `run "${row.runId}" is listed as ended, and its journal ends with ${body.type}`,
    );
  }
  const { reason } = body;
  return { status: "cancelled", ...(reason !== undefined && { reason }) };
}
