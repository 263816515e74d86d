import type { RunEvent } from "../schema/api/run-event.ts";

/** `grown`: the store has more events of the stream; an event: live only, never stored; `closed`: no more will come. */
export type FeedItem = "grown" | "closed" | RunEvent;

/** Tells whoever watches a run that there is more to see. Events themselves are read from the store. */
export interface RunFeed {
  grown(runIds: Iterable<string>): void;
  live(runIds: Iterable<string>, event: RunEvent): void;
  isWatched(): boolean;
  subscribe(runId: string): Subscription;
  /** Ends every subscription. */
  close(): void;
}

export interface Subscription {
  /** The next item; undefined when none came within the time. */
  next(waitMs: number): Promise<FeedItem | undefined>;
  close(): void;
}

/** A watcher that is slower than a model talks misses live text, which the whole message repeats. */
const LIVE_ITEMS_MAX = 1_000;

export function createRunFeed(): RunFeed {
  const watchers = new Map<string, Set<Watcher>>();
  let isClosed = false;
  const tell = (runIds: Iterable<string>, item: FeedItem): void => {
    for (const runId of runIds) {
      for (const watcher of watchers.get(runId) ?? []) watcher.push(item);
    }
  };
  return {
    grown: (runIds) => tell(runIds, "grown"),
    live: tell,
    isWatched: () => watchers.size > 0,
    subscribe: (runId) => {
      const watcher = createWatcher();
      const ofRun = watchers.get(runId) ?? new Set();
      watchers.set(runId, ofRun.add(watcher));
      if (isClosed) watcher.push("closed");
      return {
        next: (waitMs) => watcher.next(waitMs),
        close: () => {
          ofRun.delete(watcher);
          if (ofRun.size === 0 && watchers.get(runId) === ofRun) watchers.delete(runId);
        },
      };
    },
    close: () => {
      isClosed = true;
      tell(watchers.keys(), "closed");
    },
  };
}

interface Watcher {
  push(item: FeedItem): void;
  next(waitMs: number): Promise<FeedItem | undefined>;
}

function createWatcher(): Watcher {
  const items: FeedItem[] = [];
  let wake: (() => void) | undefined;
  const hasRoomFor = (item: FeedItem): boolean =>
    typeof item === "string" ? items.at(-1) !== item : items.length < LIVE_ITEMS_MAX;
  return {
    push: (item) => {
      if (hasRoomFor(item)) items.push(item);
      wake?.();
    },
    next: async (waitMs) => {
      if (items.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, waitMs);
        wake = resolve;
        await promise;
        clearTimeout(timer);
        wake = undefined;
      }
      return items.shift();
    },
  };
}
