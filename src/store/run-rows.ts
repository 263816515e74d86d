import { type Kysely, type Selectable, sql, type Transaction } from "kysely";

import { parseJson } from "../base/json.ts";
import { Run } from "../schema/api/run.ts";
import type { RunTable, Tables } from "./tables.ts";

export type Reader = Kysely<Tables> | Transaction<Tables>;

type Row = Omit<Selectable<RunTable>, "definition" | "parent_number"> & {
  readonly parent_id: string | null;
  readonly last_sequence: number;
};

/** Runs as rows with what `toRun` needs; filters and order come on top. */
export function selectRuns(database: Reader) {
  return database
    .selectFrom("runs")
    .leftJoin("runs as parents", "parents.number", "runs.parent_number")
    .select([
      "runs.number",
      "runs.id",
      "runs.kind",
      "runs.name",
      "runs.version",
      "runs.status",
      "runs.input",
      "runs.output",
      "runs.error",
      "runs.cancel_reason",
      "runs.cancelled_reason",
      "runs.labels",
      "runs.created_at",
      "runs.started_at",
      "runs.ended_at",
      "parents.id as parent_id",
    ])
    .select(
      sql<number>`coalesce((select max(sequence) from run_streams where run_number = runs.number), 0)`.as(
        "last_sequence",
      ),
    );
}

export function toRun(row: Row): Run {
  return Run.parse({
    id: row.id,
    kind: row.kind,
    name: row.name,
    ...given("version", row.version),
    status: row.status,
    input: parseJson(row.input),
    ...(row.output === null ? {} : { output: parseJson(row.output) }),
    ...(row.error === null ? {} : { error: parseJson(row.error) }),
    ...given("cancelReason", row.cancelled_reason || row.cancel_reason || null),
    ...given("parentRunId", row.parent_id),
    labels: parseJson(row.labels),
    createdAt: row.created_at,
    ...given("startedAt", row.started_at),
    ...given("endedAt", row.ended_at),
    lastSequence: row.last_sequence,
  });
}

function given(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}
