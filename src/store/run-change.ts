import type { RunChange } from "./journal-entry.ts";
import { readLineage } from "./lineage.ts";
import type { Reader } from "./run-rows.ts";

/** Brings the row of a run up to date. A run that has ended stays as it ended. */
export async function applyChange(
  database: Reader,
  runId: string,
  { change, time }: { change: RunChange; time: string },
): Promise<void> {
  switch (change.type) {
    case "started":
      return start(database, runId, { change, time });
    case "status":
      await database
        .updateTable("runs")
        .set({ status: change.status })
        .where("id", "=", runId)
        .where("ended_at", "is", null)
        .execute();
      return;
    case "ended":
      await database
        .updateTable("runs")
        .set({
          status: change.status,
          output: change.status === "completed" ? JSON.stringify(change.output) : null,
          error: change.status === "failed" ? JSON.stringify(change.error) : null,
          ended_at: time,
          cancel_reason: null,
          cancelled_reason: change.status === "cancelled" ? (change.reason ?? null) : null,
          definition: null,
        })
        .where("id", "=", runId)
        .where("ended_at", "is", null)
        .execute();
  }
}

/** A run that was created here begins; one that the server has not heard of yet is the child of another. */
async function start(
  database: Reader,
  runId: string,
  { change, time }: { change: Extract<RunChange, { type: "started" }>; time: string },
): Promise<void> {
  const { numUpdatedRows } = await database
    .updateTable("runs")
    .set({ status: "running", started_at: time, definition: null })
    .where("id", "=", runId)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const [parent] =
    change.parentRunId === undefined ? [] : await readLineage(database, change.parentRunId);
  await database
    .insertInto("runs")
    .values({
      id: runId,
      parent_number: parent?.number ?? null,
      kind: change.kind,
      name: change.name,
      version: null,
      status: "running",
      input: JSON.stringify(change.input),
      output: null,
      error: null,
      labels: "{}",
      definition: null,
      cancel_reason: null,
      cancelled_reason: null,
      created_at: time,
      started_at: time,
      ended_at: null,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}
