import type { RunEvent } from "../schema/api/run-event.ts";

/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;

/** Server-sent events from a run's events; reads on only as fast as the other side does. */
export function toEventStream(
  events: AsyncGenerator<RunEvent | "heartbeat">,
  signal: AbortSignal,
): Response {
  const encoder = new TextEncoder();
  const stop = async (): Promise<void> => {
    await events.return(undefined);
  };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      signal.addEventListener("abort", () => void stop());
    },
    pull: async (controller) => {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(toText(value)));
    },
    cancel: stop,
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // For a proxy in between that would hold events back.
      "x-accel-buffering": "no",
    },
  });
}

function toText(event: RunEvent | "heartbeat"): string {
  if (event === "heartbeat") return ": heartbeat\n\n";
  const id = event.sequence === undefined ? "" : `id: ${event.sequence}\n`;
  return `${id}data: ${JSON.stringify(event)}\n\n`;
}
