import type { Kysely } from "kysely";
import { z } from "zod";

import { Json, type JsonValue, parseJson } from "../base/json.ts";
import type { Run, RunPage, RunStatus } from "../schema/api/run.ts";
import { Kind } from "../schema/kinds.ts";
import { numberFromCursor, toCursor } from "./cursor.ts";
import { findReplay, type IdempotencyKey, keepKey } from "./idempotency-keys.ts";
import { hasLabels, type Labels } from "./labels.ts";
import { type Reader, selectRuns, toRun } from "./run-rows.ts";
import type { Tables } from "./tables.ts";

export interface NewRun {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly version?: string | undefined;
  readonly input: JsonValue;
  readonly labels: Labels;
  /** Pinned now: what becomes of the resource later does not touch the run. */
  readonly definition: JsonValue;
}

export type CreatedRun =
  | { readonly outcome: "created" | "replayed"; readonly run: Run }
  | { readonly outcome: "key-taken" };

export interface RunList {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly kind?: Kind | undefined;
  /** Any of these names. */
  readonly names?: readonly string[] | undefined;
  readonly parentRunId?: string | undefined;
  readonly labels: Labels;
  readonly since?: Date | undefined;
}

/** A run that the engine does not have yet. */
export const PendingRun = z.object({
  id: z.string(),
  kind: Kind,
  name: z.string(),
  input: Json,
  definition: Json,
});
export type PendingRun = z.infer<typeof PendingRun>;

export interface Runs {
  /** Keeps the run as pending, together with the key in one transaction. */
  create(run: NewRun, key?: IdempotencyKey): Promise<CreatedRun>;
  get(id: string): Promise<Run | undefined>;
  list(query: RunList): Promise<RunPage>;
  /** Runs that wait to be handed over, oldest first; those that shall be cancelled are left out. */
  pending(limit: number): Promise<PendingRun[]>;
  /** Remembers that the run shall end as cancelled, until it has ended. */
  requestCancel(id: string, reason: string | undefined): Promise<void>;
  /** Runs that shall end as cancelled and have not ended. */
  cancelling(
    limit: number,
  ): Promise<{ id: string; reason: string | undefined; isPending: boolean }[]>;
}

export function openRuns(database: Kysely<Tables>, now: () => Date): Runs {
  return {
    create: (run, key) =>
      database
        .transaction()
        .execute((transaction) => create(transaction, run, { key, now: now() })),
    get: (id) => find(database, id),
    list: (query) => list(database, query),
    pending: (limit) => pending(database, limit),
    requestCancel: async (id, reason) => {
      await database
        .updateTable("runs")
        .set({ cancel_reason: reason ?? "" })
        .where("id", "=", id)
        .where("ended_at", "is", null)
        .execute();
    },
    cancelling: (limit) => cancelling(database, limit),
  };
}

async function create(
  database: Reader,
  run: NewRun,
  { key, now }: { key: IdempotencyKey | undefined; now: Date },
): Promise<CreatedRun> {
  const replay = key && (await findReplay(database, key, now));
  if (replay?.outcome === "key-taken") return replay;
  const earlier = replay && (await find(database, replay.runId));
  if (earlier) return { outcome: "replayed", run: earlier };
  await database
    .insertInto("runs")
    .values({
      id: run.id,
      parent_number: null,
      kind: run.kind,
      name: run.name,
      version: run.version ?? null,
      status: "pending",
      input: JSON.stringify(run.input),
      output: null,
      error: null,
      labels: JSON.stringify(run.labels),
      definition: JSON.stringify(run.definition),
      cancel_reason: null,
      cancelled_reason: null,
      created_at: now.toISOString(),
      started_at: null,
      ended_at: null,
    })
    .execute();
  if (key) await keepKey(database, key, run.id, now);
  const created = await find(database, run.id);
  if (!created) throw new Error("unreachable: the run was just inserted");
  return { outcome: "created", run: created };
}

async function find(database: Reader, id: string): Promise<Run | undefined> {
  const row = await selectRuns(database).where("runs.id", "=", id).executeTakeFirst();
  return row && toRun(row);
}

async function list(database: Reader, query: RunList): Promise<RunPage> {
  const { limit, cursor, status, kind, names, parentRunId, labels, since } = query;
  const rows = await selectRuns(database)
    .where(hasLabels("runs.labels", labels))
    .$if(cursor !== undefined, (some) =>
      some.where("runs.number", "<", numberFromCursor("run", cursor ?? "")),
    )
    .$if(status !== undefined, (some) => some.where("runs.status", "=", status ?? ""))
    .$if(kind !== undefined, (some) => some.where("runs.kind", "=", kind ?? ""))
    .$if(names !== undefined, (some) => some.where("runs.name", "in", names ?? []))
    .$if(parentRunId !== undefined, (some) => some.where("parents.id", "=", parentRunId ?? ""))
    .$if(since !== undefined, (some) =>
      some.where("runs.created_at", ">=", since?.toISOString() ?? ""),
    )
    .orderBy("runs.number", "desc")
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(toRun);
  return rows.length > limit && last
    ? { items, nextCursor: toCursor("run", last.number) }
    : { items };
}

async function pending(database: Reader, limit: number): Promise<PendingRun[]> {
  const rows = await database
    .selectFrom("runs")
    .select(["id", "kind", "name", "input", "definition"])
    .where("status", "=", "pending")
    .where("cancel_reason", "is", null)
    .where("definition", "is not", null)
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map((row) =>
    PendingRun.parse({
      ...row,
      input: parseJson(row.input),
      definition: parseJson(row.definition ?? "null"),
    }),
  );
}

async function cancelling(
  database: Reader,
  limit: number,
): Promise<{ id: string; reason: string | undefined; isPending: boolean }[]> {
  const rows = await database
    .selectFrom("runs")
    .select(["id", "status", "cancel_reason"])
    .where("cancel_reason", "is not", null)
    .where("ended_at", "is", null)
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map(({ id, status, cancel_reason }) => ({
    id,
    reason: cancel_reason || undefined,
    isPending: status === "pending",
  }));
}
