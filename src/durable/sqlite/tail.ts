import type { JournalEvent } from "../journal-event.ts";
import type { Engine } from "./engine.ts";
import type { Writer } from "./writer.ts";

/**
 * The journal from a position on, read at the reader's own pace: it holds nothing but its place, and sleeps between
 * commits. What cannot be read is left out and logged.
 */
export async function* tailJournal(
  { journal, log }: Engine,
  writer: Writer,
  afterPosition: number,
  signal: AbortSignal,
): AsyncGenerator<readonly JournalEvent[]> {
  let position = afterPosition;
  const news = listen(writer, signal);
  try {
    while (!signal.aborted) {
      const next = news.next();
      const stretch = journal.readAfter(position);
      for (const damaged of stretch.damaged) log.error(damaged.message);
      if (stretch.position === position) await next;
      else if (stretch.events.length > 0) yield stretch.events;
      position = stretch.position;
    }
  } finally {
    news.stop();
  }
}

/** `next` answers a promise of the next commit, or of the end of listening. */
function listen(writer: Writer, signal: AbortSignal) {
  let waiting: PromiseWithResolvers<void> | undefined;
  const ring = (): void => waiting?.resolve();
  const stopListening = writer.onCommit(ring);
  signal.addEventListener("abort", ring);
  return {
    next: () => {
      waiting = Promise.withResolvers<void>();
      return waiting.promise;
    },
    stop: () => {
      stopListening();
      signal.removeEventListener("abort", ring);
    },
  };
}
