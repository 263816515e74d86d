import type { Generated } from "kysely";

/** Rows as SQLite holds them (`embed/migrations`): JSON as text, times as RFC 3339 text, truth as 0 or 1. */
export interface Tables {
  resources: ResourceTable;
  runs: RunTable;
  run_events: RunEventTable;
  run_streams: { run_number: number; sequence: number };
  idempotency_keys: IdempotencyKeyTable;
  journal_tail: { id: number; position: number; journal_id: string | null; mark: string | null };
}

export interface ResourceTable {
  id: string;
  kind: string;
  name: string;
  version: string;
  is_newest: number;
  spec: string;
  labels: string;
  generation: number;
  created_at: string;
  updated_at: string;
}

export interface RunTable {
  number: Generated<number>;
  id: string;
  parent_number: number | null;
  kind: string;
  name: string;
  version: string | null;
  status: string;
  input: string;
  output: string | null;
  error: string | null;
  labels: string;
  definition: string | null;
  cancel_reason: string | null;
  cancelled_reason: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

export interface RunEventTable {
  sequence: Generated<number>;
  run_number: number;
  event_id: string;
  type: string;
  subject: string | null;
  time: string;
  data: string;
}

export interface IdempotencyKeyTable {
  key: string;
  request_hash: string;
  run_id: string;
  created_at: string;
}
