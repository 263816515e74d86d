import type { JournalEvent } from "./journal-event.ts";

/** Tells an event from any other that could stand at its position in a copy of the journal that went another way. */
export function markOf({ runId, sequence, timeMs, body }: JournalEvent): string {
  return `${runId}/${sequence} ${timeMs} ${body.type} ${JSON.stringify(body).length}`;
}
