import { RUN_END_TYPES, type RunEvent } from "../schema/api/run-event.ts";
import type { Store } from "../store/open-store.ts";
import type { RunFeed } from "./run-feed.ts";

const PAGE_SIZE = 200;

export interface RunStreamOptions {
  readonly store: Pick<Store, "events" | "runs">;
  readonly feed: RunFeed;
  /** How long nothing may be said before a heartbeat is. */
  readonly heartbeatMs: number;
}

/**
 * A run's events after a sequence number, then each new one, up to the run's own end. The subscription begins before the
 * first page is read, so that nothing falls between history and live.
 */
export async function* streamRun(
  { store, feed, heartbeatMs }: RunStreamOptions,
  runId: string,
  after: number,
): AsyncGenerator<RunEvent | "heartbeat"> {
  const subscription = feed.subscribe(runId);
  const place: Place = { last: after, isOver: false };
  try {
    const run = await store.runs.get(runId);
    yield* readOn(store, runId, place);
    // Whoever asks for what follows the end of a run would wait for ever.
    place.isOver ||= run?.endedAt !== undefined;
    while (!place.isOver) {
      const item = await subscription.next(heartbeatMs);
      if (item === "closed") return;
      if (item === "grown") yield* readOn(store, runId, place);
      else yield item ?? "heartbeat";
    }
  } finally {
    subscription.close();
  }
}

interface Place {
  last: number;
  isOver: boolean;
}

async function* readOn(
  store: Pick<Store, "events">,
  runId: string,
  place: Place,
): AsyncGenerator<RunEvent> {
  let page: RunEvent[];
  do {
    page = await store.events.list(runId, place.last, PAGE_SIZE);
    for (const event of page) {
      place.last = event.sequence ?? place.last;
      place.isOver = isEndOf(runId, event);
      yield event;
      if (place.isOver) return;
    }
  } while (page.length === PAGE_SIZE);
}

function isEndOf(runId: string, event: RunEvent): boolean {
  return event.runid === runId && RUN_END_TYPES.includes(event.type);
}
