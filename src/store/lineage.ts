import { sql } from "kysely";

import type { Reader } from "./run-rows.ts";

/** A run as the owner of a stream of events. */
export interface Stream {
  readonly number: number;
  readonly id: string;
}

/** Each run's own stream and those of its ancestors: a run never gets another parent. */
export type Lineages = Map<string, readonly Stream[]>;
const LINEAGES_MAX = 10_000;

export function remember(known: Lineages, learnt: Lineages): void {
  if (known.size + learnt.size > LINEAGES_MAX) known.clear();
  for (const [runId, streams] of learnt) known.set(runId, streams);
}

/** The run, its parent, its parent's parent, … */
export async function readLineage(database: Reader, runId: string): Promise<Stream[]> {
  const { rows } = await sql<Stream>`
    with recursive line (number, id, parent_number, depth) as (
      select number, id, parent_number, 0 from runs where id = ${runId}
      union all
      select runs.number, runs.id, runs.parent_number, depth + 1
      from runs join line on runs.number = line.parent_number
    )
    select number, id from line order by depth
  `.execute(database);
  return rows;
}
