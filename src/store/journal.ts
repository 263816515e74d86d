import type { Kysely } from "kysely";

import { applyOne, type Batch, openBatch, writeBatch } from "./journal-batch.ts";
import type { EventDraft, JournalEntry, RunEnd } from "./journal-entry.ts";
import { type Lineages, readLineage, remember } from "./lineage.ts";
import type { Reader } from "./run-rows.ts";
import type { Tables } from "./tables.ts";

export interface JournalStore {
  /** How far the journal has been applied. */
  position(): Promise<number>;
  /** The journal that it was. */
  known(): Promise<KnownJournal>;
  /** From now on it is this journal. */
  adopt(journalId: string): Promise<void>;
  /**
   * Applies entries and their position in one transaction; entries that were applied before are left out. `mark` tells
   * the last of them from any other event at its position. Answers the runs whose stream has grown, ancestors included.
   */
  apply(entries: readonly JournalEntry[], mark: string): Promise<Set<string>>;
  /** Ends a run that the engine never had. Answers the streams that have grown; none when it is not pending any more. */
  endPending(runId: string, end: RunEnd, event: EventDraft): Promise<Set<string>>;
  /** The run and its ancestors: the streams that show its events. */
  streamsOf(runId: string): Promise<string[]>;
}

export interface KnownJournal {
  readonly position: number;
  /** Undefined before the first. */
  readonly journalId: string | undefined;
  /** Of the event at the position; undefined when an older stigmer has read it. */
  readonly mark: string | undefined;
}

export function openJournal(database: Kysely<Tables>, now: () => Date): JournalStore {
  const known: Lineages = new Map();
  /** What a transaction learnt of runs is remembered once it stands. */
  const write = async (work: (batch: Batch) => Promise<void>): Promise<Set<string>> => {
    const batch = await database.transaction().execute(async (transaction) => {
      const opened = await openBatch(transaction, known);
      await work(opened);
      await writeBatch(opened);
      return opened;
    });
    remember(known, batch.lineages);
    return batch.grown;
  };
  return {
    position: () => position(database),
    known: async () => {
      const {
        position: at,
        journal_id: id,
        mark,
      } = await database
        .selectFrom("journal_tail")
        .select(["position", "journal_id", "mark"])
        .executeTakeFirstOrThrow();
      return { position: at, journalId: id ?? undefined, mark: mark ?? undefined };
    },
    adopt: async (journalId) => {
      await database.updateTable("journal_tail").set({ journal_id: journalId }).execute();
    },
    apply: (entries, mark) => write((batch) => applyAll(batch, entries, mark)),
    endPending: (runId, end, event) =>
      write(async (batch) => {
        const run = await batch.database
          .selectFrom("runs")
          .select("status")
          .where("id", "=", runId)
          .executeTakeFirst();
        if (run?.status !== "pending") return;
        const time = now().toISOString();
        const change = { type: "ended", ...end } as const;
        await applyOne(batch, { position: 0, runId, time, change, event });
      }),
    streamsOf: async (runId) => {
      const streams = known.get(runId) ?? (await readLineage(database, runId));
      return streams.map(({ id }) => id);
    },
  };
}

async function position(database: Reader): Promise<number> {
  const row = await database
    .selectFrom("journal_tail")
    .select("position")
    .executeTakeFirstOrThrow();
  return row.position;
}

async function applyAll(
  batch: Batch,
  entries: readonly JournalEntry[],
  mark: string,
): Promise<void> {
  const applied = await position(batch.database);
  const fresh = entries.filter((entry) => entry.position > applied);
  const last = fresh.at(-1);
  if (!last) return;
  for (const entry of fresh) await applyOne(batch, entry);
  const tail = { position: last.position, mark };
  await batch.database.updateTable("journal_tail").set(tail).execute();
}
