import type { JsonValue } from "../base/json.ts";
import type { Subject } from "./command.ts";
import type { RunError } from "./errors.ts";
import type { JournalEvent } from "./journal-event.ts";

/** A durable engine. Whatever it accepted survives `kill -9` and power loss. Unknown runs are a `not_found` error. */
export interface Backend {
  /** Opens the journal and goes on with every run that has not ended. */
  start(): Promise<void>;
  /** Stops taking work and waits for what is being written. Runs go on at the next `start`. */
  stop(): Promise<void>;
  /** Starts a run. The same id again with the same definition and input is a no-op; with others, a `conflict`. */
  run(request: RunRequest): Promise<void>;
  /** Sends data to a run. The same signal id again is a no-op and answers `duplicate`. */
  signal(runId: string, signal: Signal): Promise<"accepted" | "duplicate" | "ended">;
  /** Ends the run and its children as cancelled. A run that has ended stays as it is. */
  cancel(runId: string, reason?: string): Promise<void>;
  /** What is running goes on and is journaled, but nothing new starts until `resume`. */
  pause(runId: string): Promise<void>;
  resume(runId: string): Promise<void>;
  describe(runId: string): Promise<RunDescription | undefined>;
  /** Every event after that position, in journal order, then each new one as it is written, until aborted. */
  events(afterPosition: number, signal: AbortSignal): AsyncIterable<readonly JournalEvent[]>;
}

export interface RunRequest {
  readonly runId: string;
  readonly program: string;
  readonly subject: Subject;
  readonly definition: JsonValue;
  readonly input: JsonValue;
}

export interface Signal {
  readonly id: string;
  readonly name: string;
  readonly data: JsonValue;
}

export interface RunDescription {
  readonly runId: string;
  readonly status: "running" | "paused" | "completed" | "failed" | "cancelled";
  /** Ids of the commands whose outcome the run waits for. */
  readonly pending: readonly string[];
  readonly output?: JsonValue;
  readonly error?: RunError;
}

/**
 * Runs one activity and answers its value. Throws `ActivityFailure` for an answer of "no" and `ActivityUnavailable`
 * when nobody answered. It may run more than once with the same idempotency key, never after it has succeeded.
 */
export type ActivityHandler = (input: JsonValue, context: ActivityContext) => Promise<JsonValue>;

export interface ActivityContext {
  readonly runId: string;
  readonly commandId: string;
  /** `runId/commandId`: the same for each attempt. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the command is abandoned, the run is cancelled or the engine stops. */
  readonly signal: AbortSignal;
  /** Shows something to whoever watches now (such as a piece of text). Not journaled. */
  readonly progress: (data: JsonValue) => void;
}
