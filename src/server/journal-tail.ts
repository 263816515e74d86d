import { messageOf, StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { markOf } from "../durable/event-mark.ts";
import type { BrokenRuns, JournalHead, JournalLine } from "../schema/wire/workflow-runner.ts";
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
  /** Whether the journal is read: never one that is not the one that was read before. */
  isConnected(): boolean;
  /** Why it is not, when that does not pass by itself. */
  problem(): string | undefined;
  /** Runs that cannot go on, as the runner has told last. */
  broken(): BrokenRuns;
  /** Why that run can't go on, if so. */
  problemOf(runId: string): string | undefined;
  /** Follows the journal until aborted, whatever breaks in between. Never rejects. */
  follow(signal: AbortSignal): Promise<void>;
}

/** Brings what happens to the runs into the server's tables, and on to those who watch. */
export function createJournalTail(options: JournalTailOptions): JournalTail {
  const { store, runner, log, onConnect } = options;
  let isConnected = false;
  let problem: string | undefined;
  let broken: BrokenRuns = [];
  const noteBroken = (told: BrokenRuns): void => {
    const known = new Set(broken.map(({ runId }) => runId));
    broken = told;
    for (const { runId, reason } of told) {
      if (!known.has(runId)) log.error(`run ${runId} cannot go on: ${reason}`);
    }
  };
  const readUntilBroken = async (signal: AbortSignal, onProgress: () => void): Promise<void> => {
    const chunks = await runner.journal(await store.journal.position(), signal);
    for await (const lines of chunks) {
      const [first] = lines;
      if (first && !isConnected) {
        const head = await judge(store, first);
        broken = [];
        noteBroken(head.broken);
        isConnected = true;
        problem = undefined;
        onConnect();
      }
      for (const line of lines) if (line.type === "heartbeat") noteBroken(line.broken);
      await take(options, lines);
      onProgress();
    }
  };
  const report = (error: unknown): void => {
    const message = messageOf(error);
    // While the runner restarts this is expected; anything else needs to be seen, once.
    const isExpected = error instanceof StigmerError && error.code === "unavailable";
    const hint = error instanceof StigmerError ? error.hint : undefined;
    const told = hint === undefined ? message : `${message}; ${hint}`;
    if (!isExpected && told === problem) return;
    if (!isExpected) problem = told;
    log[isExpected ? "debug" : "warn"](`the journal is not read: ${message}`, { hint });
  };
  return {
    isConnected: () => isConnected,
    problem: () => problem,
    broken: () => broken,
    problemOf: (runId) => broken.find((run) => run.runId === runId)?.reason,
    follow: async (signal) => {
      let failures = 0;
      while (!signal.aborted) {
        try {
          await readUntilBroken(signal, () => (failures = 0));
        } catch (error) {
          if (!signal.aborted) report(error);
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
  const events = lines.flatMap((line) => (line.type === "events" ? line.events : []));
  const last = events.at(-1);
  if (last) feed.grown(await store.journal.apply(events.map(toEntry), markOf(last)));
  if (!feed.isWatched()) return;
  for (const line of lines) {
    if (line.type !== "progress") continue;
    feed.live(await store.journal.streamsOf(line.runId), toLiveEvent(line, now()));
  }
}

/**
 * Reading on in another journal, or in an older copy of the same, would pass over what happens next: positions alone
 * say nothing once it has grown.
 */
async function judge(store: JournalTailOptions["store"], first: JournalLine): Promise<JournalHead> {
  if (first.type !== "journal") throw new Error("the journal does not say which one it is");
  const { position, journalId, mark } = await store.journal.known();
  if (position === 0 || journalId === undefined) {
    await store.journal.adopt(first.id);
    return first;
  }
  if (journalId !== first.id) throw foreign("it is not the one that the server has read");
  const hasOther = mark !== undefined && first.mark !== undefined && first.mark !== mark;
  if (first.lastPosition >= position && !hasOther) return first;
  throw foreign("it is an older copy of the one that the server has read");
}

function foreign(what: string): StigmerError {
  return new StigmerError(
    "conflict",
    `data/journal.db does not belong to data/stigmer.db: ${what}`,
    {
      hint: "stop the server, then put back journal.db, stigmer.db and blobs from one backup, or move all of them away",
    },
  );
}

type Engine = Pick<RunnerPort, "start" | "cancel">;

/** What an engine is given while its journal is not read would be lost: it is kept until it is. */
export function onlyWhileRead(runner: Engine, tail: Pick<JournalTail, "isConnected">): Engine {
  const requireRead = (): void => {
    if (tail.isConnected()) return;
    throw new StigmerError("unavailable", "the journal of the runs is not read at the moment");
  };
  return {
    start: async (run) => {
      requireRead();
      await runner.start(run);
    },
    cancel: async (runId, reason) => {
      requireRead();
      await runner.cancel(runId, reason);
    },
  };
}
