import type { JsonValue } from "../base/json.ts";
import type { RunError } from "../durable/errors.ts";
import type { Kind } from "../schema/kinds.ts";

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
  | { readonly status: "cancelled"; readonly reason?: string | undefined };

export interface EventDraft {
  readonly id: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly data: JsonValue;
}
