import type { Database } from "bun:sqlite";

import { z } from "zod";

/** What is read back from disk is input too. */
export const Count = z.object({ count: z.int() });

export const JournalValues = z.object({ id: z.string() });

export const RunValues = z.object({
  key: z.int(),
  id: z.string(),
  request_hash: z.string(),
  parent_run_id: z.string().nullable(),
  parent_command_id: z.string().nullable(),
  is_open: z.int(),
});

export const EventValues = z.object({
  position: z.int(),
  /** Id of the run. */
  id: z.string(),
  sequence: z.int(),
  time_ms: z.number(),
  body: z.string().nullable(),
  blob: z.string().nullable(),
});
export type EventValues = z.infer<typeof EventValues>;

const RUN_COLUMNS = "key, id, request_hash, parent_run_id, parent_command_id, is_open";
const EVENTS = `SELECT position, run.id, sequence, time_ms, body, blob
  FROM event JOIN run ON run.key = event.run`;

type Text = string | null;
type NewEventValues = [number, number, number, number, Text, Text];
type NewRunValues = [number, string, string, Text, Text];

/** Every statement of the journal, compiled once. */
export function prepareStatements(database: Database) {
  return {
    begin: database.query<unknown, []>("BEGIN IMMEDIATE"),
    commit: database.query<unknown, []>("COMMIT"),
    insertRun: database.query<unknown, NewRunValues>(
      `INSERT INTO run (key, id, request_hash, parent_run_id, parent_command_id)
       VALUES (?, ?, ?, ?, ?)`,
    ),
    insertEvent: database.query<unknown, NewEventValues>(
      "INSERT INTO event (position, run, sequence, time_ms, body, blob) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    endRun: database.query<unknown, [number]>("UPDATE run SET is_open = 0 WHERE key = ?"),
    journalId: database.query<unknown, []>("SELECT id FROM journal"),
    lastPosition: database.query<unknown, []>(
      "SELECT coalesce(max(position), 0) AS count FROM event",
    ),
    lastRunKey: database.query<unknown, []>("SELECT coalesce(max(key), 0) AS count FROM run"),
    lastSequence: database.query<unknown, [number]>(
      "SELECT coalesce(max(sequence), 0) AS count FROM event WHERE run = ?",
    ),
    lastTime: database.query<unknown, [number]>(
      "SELECT coalesce(max(time_ms), 0) AS count FROM event WHERE run = ?",
    ),
    findRun: database.query<unknown, [string]>(`SELECT ${RUN_COLUMNS} FROM run WHERE id = ?`),
    openRuns: database.query<unknown, []>(
      `SELECT ${RUN_COLUMNS} FROM run WHERE is_open = 1 ORDER BY key`,
    ),
    eventsOf: database.query<unknown, [number]>(`${EVENTS} WHERE run = ? ORDER BY sequence`),
    lastEventOf: database.query<unknown, [number]>(
      `${EVENTS} WHERE run = ? ORDER BY sequence DESC LIMIT 1`,
    ),
    eventsAfter: database.query<unknown, [number, number]>(
      `${EVENTS} WHERE position > ? ORDER BY position LIMIT ?`,
    ),
  };
}
