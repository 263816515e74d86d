import { sql } from "kysely";

import type { JournalEntry } from "./journal-entry.ts";
import { type Lineages, readLineage, type Stream } from "./lineage.ts";
import { applyChange } from "./run-change.ts";
import type { Reader } from "./run-rows.ts";

/** Rows that are written together at the end: one statement for hundreds of events. */
export interface Batch {
  readonly database: Reader;
  readonly known: Lineages;
  readonly lineages: Lineages;
  readonly events: EventRow[];
  readonly streams: { run_number: number; sequence: number }[];
  readonly grown: Set<string>;
  nextSequence: number;
}

interface EventRow {
  sequence: number;
  run_number: number;
  event_id: string;
  type: string;
  subject: string | null;
  time: string;
  data: string;
}

export async function openBatch(database: Reader, known: Lineages): Promise<Batch> {
  const { rows } = await sql<{ seq: number }>`
    select seq from sqlite_sequence where name = 'run_events'
  `.execute(database);
  const nextSequence = (rows[0]?.seq ?? 0) + 1;
  return {
    database,
    known,
    lineages: new Map(),
    events: [],
    streams: [],
    grown: new Set(),
    nextSequence,
  };
}

export async function applyOne(
  batch: Batch,
  { runId, time, change, event }: JournalEntry,
): Promise<void> {
  if (change) await applyChange(batch.database, runId, { change, time });
  if (!event) return;
  const streams = await streamsIn(batch, runId);
  const [own] = streams;
  // A run whose start the server never saw has no stream.
  if (!own) return;
  const sequence = batch.nextSequence;
  batch.nextSequence += 1;
  batch.events.push({
    sequence,
    run_number: own.number,
    event_id: event.id,
    type: event.type,
    subject: event.subject ?? null,
    time,
    data: JSON.stringify(event.data),
  });
  for (const { number, id } of streams) {
    batch.streams.push({ run_number: number, sequence });
    batch.grown.add(id);
  }
}

async function streamsIn(batch: Batch, runId: string): Promise<readonly Stream[]> {
  const known = batch.lineages.get(runId) ?? batch.known.get(runId);
  if (known) return known;
  const streams = await readLineage(batch.database, runId);
  if (streams.length > 0) batch.lineages.set(runId, streams);
  return streams;
}

/** SQLite takes at most 32,766 parameters in a statement. */
const ROWS_PER_STATEMENT = 4_000;

export async function writeBatch({ database, events, streams }: Batch): Promise<void> {
  for (const rows of inChunks(events)) {
    await database.insertInto("run_events").values(rows).execute();
  }
  for (const rows of inChunks(streams)) {
    await database.insertInto("run_streams").values(rows).execute();
  }
}

function inChunks<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / ROWS_PER_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT),
  );
}
