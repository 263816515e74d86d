import type { JsonValue } from "../base/json.ts";
import type { JournalLine, RunRequestBody } from "../schema/wire/workflow-runner.ts";

/**
 * The workflow-runner as the server needs it. Each call throws a `StigmerError`: `unavailable` when nobody answered,
 * `not_found` for a run that it does not have, `conflict` or `invalid_input` when it refuses.
 */
export interface RunnerPort {
  start(run: RunRequestBody): Promise<void>;
  cancel(runId: string, reason: string | undefined): Promise<void>;
  pause(runId: string): Promise<void>;
  resume(runId: string): Promise<void>;
  signal(
    runId: string,
    signal: { id: string; name: string; data: JsonValue },
  ): Promise<"accepted" | "duplicate" | "ended">;
  /**
   * Resolves when connected; then the journal's head, what it has after the position and what is added, as it arrives.
   */
  journal(after: number, signal: AbortSignal): Promise<AsyncIterable<readonly JournalLine[]>>;
}
