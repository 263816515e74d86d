import type { Reader } from "./run-rows.ts";

/** How long a key stands for the run that it made. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** What a caller calls its request, and a hash of what it asked for. */
export interface IdempotencyKey {
  readonly key: string;
  readonly requestHash: string;
}

/** The run that the key made before; `key-taken` when it was for another request. */
export async function findReplay(
  database: Reader,
  { key, requestHash }: IdempotencyKey,
  now: Date,
): Promise<{ outcome: "replayed"; runId: string } | { outcome: "key-taken" } | undefined> {
  const row = await database
    .selectFrom("idempotency_keys")
    .select(["request_hash", "run_id"])
    .where("key", "=", key)
    .where("created_at", ">", oldest(now))
    .executeTakeFirst();
  if (!row) return undefined;
  return row.request_hash === requestHash
    ? { outcome: "replayed", runId: row.run_id }
    : { outcome: "key-taken" };
}

export async function keepKey(
  database: Reader,
  { key, requestHash }: IdempotencyKey,
  runId: string,
  now: Date,
): Promise<void> {
  await database.deleteFrom("idempotency_keys").where("created_at", "<=", oldest(now)).execute();
  await database
    .replaceInto("idempotency_keys")
    .values({ key, request_hash: requestHash, run_id: runId, created_at: now.toISOString() })
    .execute();
}

function oldest(now: Date): string {
  return new Date(now.getTime() - KEPT_MS).toISOString();
}
