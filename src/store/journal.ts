import { type Kysely, sql } from "kysely";

import type { JsonValue } from "../base/json.ts";
import type { RunError } from "../durable/errors.ts";
import type { Kind } from "../schema/kinds.ts";
import type { Reader } from "./run-rows.ts";
import type { Tables } from "./tables.ts";

/** What one event of the journal means for the server's tables. */
export interface JournalEntry {
  readonly position: number;
  readonly runId: string;
  /** RFC 3339 */
  readonly time: string;
  readonly change?: RunChange | undefined;
  readonly event?: EventDraft | undefined;
}

export type RunChange =
  | {
      readonly type: "started";
      readonly kind: Kind;
      readonly name: string;
      readonly input: JsonValue;
      readonly parentRunId?: string | undefined;
    }
  | { readonly type: "status"; readonly status: "running" | "paused" }
  | ({ readonly type: "ended" } & RunEnd);

export type RunEnd =
  | { readonly status: "completed"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: RunError }
  | { readonly status: "cancelled" };

export interface EventDraft {
  readonly id: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly data: JsonValue;
}

export interface JournalStore {
  /** How far the journal has been applied. */
  position(): Promise<number>;
  /**
   * Applies entries and their position in one transaction; entries that were applied before are left out. Answers the
   * runs whose stream has grown, ancestors included.
   */
  apply(entries: readonly JournalEntry[]): Promise<Set<string>>;
  /** Ends a run that the engine never had. Answers the streams that have grown; none when it is not pending any more. */
  endPending(runId: string, end: RunEnd, event: EventDraft): Promise<Set<string>>;
  /** The run and its ancestors: the streams that show its events. */
  streamsOf(runId: string): Promise<string[]>;
}

export function openJournal(database: Kysely<Tables>, now: () => Date): JournalStore {
  return {
    position: () => position(database),
    apply: (entries) =>
      database.transaction().execute((transaction) => applyAll(transaction, entries)),
    endPending: (runId, end, event) =>
      database.transaction().execute(async (transaction) => {
        const time = now().toISOString();
        const run = await transaction
          .selectFrom("runs")
          .select("status")
          .where("id", "=", runId)
          .executeTakeFirst();
        if (run?.status !== "pending") return new Set<string>();
        const batch = await openBatch(transaction);
        await applyOne(batch, {
          position: 0,
          runId,
          time,
          change: { type: "ended", ...end },
          event,
        });
        return writeBatch(batch);
      }),
    streamsOf: async (runId) => (await lineage(database, runId)).map(({ id }) => id),
  };
}

async function position(database: Reader): Promise<number> {
  const row = await database
    .selectFrom("journal_tail")
    .select("position")
    .executeTakeFirstOrThrow();
  return row.position;
}

async function applyAll(database: Reader, entries: readonly JournalEntry[]): Promise<Set<string>> {
  const applied = await position(database);
  const fresh = entries.filter((entry) => entry.position > applied);
  const last = fresh.at(-1);
  if (!last) return new Set();
  const batch = await openBatch(database);
  for (const entry of fresh) await applyOne(batch, entry);
  await database.updateTable("journal_tail").set({ position: last.position }).execute();
  return writeBatch(batch);
}

interface Stream {
  readonly number: number;
  readonly id: string;
}

/** Rows that are written together at the end: one statement for hundreds of events. */
interface Batch {
  readonly database: Reader;
  readonly lineages: Map<string, readonly Stream[]>;
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

async function openBatch(database: Reader): Promise<Batch> {
  const { rows } = await sql<{ seq: number }>`
    select seq from sqlite_sequence where name = 'run_events'
  `.execute(database);
  const nextSequence = (rows[0]?.seq ?? 0) + 1;
  return { database, lineages: new Map(), events: [], streams: [], grown: new Set(), nextSequence };
}

async function applyOne(batch: Batch, { runId, time, change, event }: JournalEntry): Promise<void> {
  if (change) await applyChange(batch.database, runId, { change, time });
  if (!event) return;
  const streams = batch.lineages.get(runId) ?? (await lineage(batch.database, runId));
  batch.lineages.set(runId, streams);
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

/** SQLite takes at most 32,766 parameters in a statement. */
const ROWS_PER_STATEMENT = 4_000;

async function writeBatch({ database, events, streams, grown }: Batch): Promise<Set<string>> {
  for (const rows of inChunks(events)) {
    await database.insertInto("run_events").values(rows).execute();
  }
  for (const rows of inChunks(streams)) {
    await database.insertInto("run_streams").values(rows).execute();
  }
  return grown;
}

function inChunks<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / ROWS_PER_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT),
  );
}

async function applyChange(
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
    change.parentRunId === undefined ? [] : await lineage(database, change.parentRunId);
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
      created_at: time,
      started_at: time,
      ended_at: null,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** The run, its parent, its parent's parent, … */
async function lineage(database: Reader, runId: string): Promise<Stream[]> {
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
