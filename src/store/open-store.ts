import { openDatabase } from "./database.ts";
import { type JournalStore, openJournal } from "./journal.ts";
import { openResources, type Resources } from "./resources.ts";
import { openRunEvents, type RunEvents } from "./run-events.ts";
import { openRuns, type Runs } from "./runs.ts";

/** What the server keeps: resources, runs as far as they are known, and the events of each. */
export interface Store {
  readonly resources: Resources;
  readonly runs: Runs;
  readonly events: RunEvents;
  readonly journal: JournalStore;
  close(): Promise<void>;
}

/** Opens the store at a path, or one in memory (`:memory:`). Only one process may have it open. */
export function openStore(path: string, now: () => Date = () => new Date()): Store {
  const database = openDatabase(path);
  return {
    resources: openResources(database, now),
    runs: openRuns(database, now),
    events: openRunEvents(database),
    journal: openJournal(database, now),
    close: () => database.destroy(),
  };
}
