import type { Kysely } from "kysely";

import { parseJson } from "../base/json.ts";
import { RunEvent } from "../schema/api/run-event.ts";
import type { Tables } from "./tables.ts";

export interface RunEvents {
  /** The run's stream after that sequence number, oldest first: its own events and those of its descendants. */
  list(runId: string, after: number, limit: number): Promise<RunEvent[]>;
}

export function openRunEvents(database: Kysely<Tables>): RunEvents {
  return {
    list: async (runId, after, limit) => {
      const rows = await database
        .selectFrom("runs as streams")
        .innerJoin("run_streams", "run_streams.run_number", "streams.number")
        .innerJoin("run_events", "run_events.sequence", "run_streams.sequence")
        .innerJoin("runs", "runs.number", "run_events.run_number")
        .select([
          "run_events.sequence",
          "run_events.event_id",
          "run_events.type",
          "run_events.subject",
          "run_events.time",
          "run_events.data",
          "runs.id as run_id",
        ])
        .where("streams.id", "=", runId)
        .where("run_streams.sequence", ">", after)
        .orderBy("run_streams.sequence")
        .limit(limit)
        .execute();
      return rows.map((row) =>
        RunEvent.parse({
          specversion: "1.0",
          id: row.event_id,
          source: eventSource(row.run_id),
          type: row.type,
          ...(row.subject === null ? {} : { subject: row.subject }),
          time: row.time,
          datacontenttype: "application/json",
          sequence: row.sequence,
          runid: row.run_id,
          data: parseJson(row.data),
        }),
      );
    },
  };
}

/** The `source` of a run's events: where the run is in the API. */
export function eventSource(runId: string): string {
  return `/v1/runs/${runId}`;
}
