import { messageOf, StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { JournalLine } from "../schema/wire/workflow-runner.ts";
import type { Store } from "../store/open-store.ts";
import { backOffMs, type Sleep } from "./back-off.ts";
import { toEntry, toLiveEvent } from "./journal-to-events.ts";
import type { RunFeed } from "./run-feed.ts";
import type { RunnerPort } from "./runner-port.ts";

export interface JournalTailOptions {
  readonly store: Pick<Store, "journal">;
  readonly runner: Pick<RunnerPort, "journal">;
  readonly feed: RunFeed;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** The runner can be reached again, perhaps after a restart. */
  readonly onConnect: () => void;
}

export interface JournalTail {
  isConnected(): boolean;
  /** Follows the journal until aborted, whatever breaks in between. Never rejects. */
  follow(signal: AbortSignal): Promise<void>;
}

/** Brings what happens to the runs into the server's tables, and on to those who watch. */
export function createJournalTail(options: JournalTailOptions): JournalTail {
  let isConnected = false;
  const readUntilBroken = async (signal: AbortSignal, onProgress: () => void): Promise<void> => {
    const after = await options.store.journal.position();
    const chunks = await options.runner.journal(after, signal);
    isConnected = true;
    options.onConnect();
    for await (const lines of chunks) {
      await take(options, lines);
      onProgress();
    }
  };
  return {
    isConnected: () => isConnected,
    follow: async (signal) => {
      let failures = 0;
      while (!signal.aborted) {
        try {
          await readUntilBroken(signal, () => (failures = 0));
        } catch (error) {
          report(options.log, error, signal);
        }
        isConnected = false;
        await options.sleep(backOffMs(failures), signal);
        failures += 1;
      }
    },
  };
}

/** Everything that arrived together goes into one transaction; who watches is told after it. */
async function take(
  { store, feed, now }: JournalTailOptions,
  lines: readonly JournalLine[],
): Promise<void> {
  const entries = lines.flatMap((line) => (line.type === "events" ? line.events.map(toEntry) : []));
  if (entries.length > 0) feed.grown(await store.journal.apply(entries));
  if (!feed.isWatched()) return;
  for (const line of lines) {
    if (line.type !== "progress") continue;
    feed.live(await store.journal.streamsOf(line.runId), toLiveEvent(line, now()));
  }
}

function report(log: Log, error: unknown, signal: AbortSignal): void {
  if (signal.aborted) return;
  // While the runner restarts this is expected; anything else needs to be seen.
  const isExpected = error instanceof StigmerError && error.code === "unavailable";
  const hint = error instanceof StigmerError ? error.hint : undefined;
  const message = `the journal is not read at the moment: ${messageOf(error)}`;
  log[isExpected ? "debug" : "warn"](message, { hint });
}
