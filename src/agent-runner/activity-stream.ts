import { messageOf } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { ActivityFailure } from "../durable/errors.ts";
import type { ActivityLine } from "../schema/wire/activity.ts";

export interface StreamOptions {
  readonly heartbeatMs: number;
  /** Aborts the work; the answer then ends without a result, and the engine asks again later. */
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  readonly onBug: (error: unknown) => void;
}

/** Runs the work and streams what it says (NDJSON). Closing the connection aborts the work. */
export function streamActivity(
  work: (signal: AbortSignal, progress: (data: JsonValue) => void) => Promise<JsonValue>,
  options: StreamOptions,
): ReadableStream<Uint8Array> {
  const closed = new AbortController();
  const signal = AbortSignal.any([closed.signal, options.signal]);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (line: ActivityLine) => {
        if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      };
      const heartbeat = setInterval(() => write({ type: "heartbeat" }), options.heartbeatMs);
      try {
        const value = await work(signal, (data) => write({ type: "progress", data }));
        write({ type: "value", value });
      } catch (error) {
        write(toFailureLine(error, options, signal));
      } finally {
        clearInterval(heartbeat);
      }
      if (signal.aborted) controller.error(signal.reason);
      else controller.close();
    },
    cancel() {
      closed.abort(new Error("the connection was closed"));
    },
  });
}

function toFailureLine(
  error: unknown,
  { redact, onBug }: StreamOptions,
  signal: AbortSignal,
): ActivityLine {
  if (error instanceof ActivityFailure) {
    const { detail } = error.error;
    return {
      type: "failure",
      error: { ...error.error, ...(detail === undefined ? {} : { detail: redact(detail) }) },
      isRetryable: error.isRetryable,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    };
  }
  if (!signal.aborted) onBug(error);
  return {
    type: "failure",
    error: {
      type: "https://stigmer.ai/errors/agent-runner",
      status: 500,
      title: "Agent-runner error",
      detail: redact(`the agent-runner failed: ${messageOf(error)}`),
    },
    isRetryable: false,
  };
}
