import { messageOf, StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { RunRequestBody } from "../schema/wire/workflow-runner.ts";
import type { Store } from "../store/open-store.ts";
import type { PendingRun } from "../store/runs.ts";
import { backOffMs, type Sleep } from "./back-off.ts";
import { cancelledEvent } from "./journal-to-events.ts";
import type { RunFeed } from "./run-feed.ts";
import type { RunnerPort } from "./runner-port.ts";

/** Runs handed over in one round, besides those whose start the journal has yet to tell. */
const ROUND_SIZE = 100;

export interface HandoverOptions {
  readonly store: Pick<Store, "runs" | "journal">;
  readonly runner: Pick<RunnerPort, "start" | "cancel">;
  readonly feed: RunFeed;
  readonly log: Log;
  readonly sleep: Sleep;
}

export interface Handover {
  /** There is something to hand over, or the runner may be back. */
  wake(): void;
  /** Hands over until aborted. Never rejects. */
  work(signal: AbortSignal): Promise<void>;
}

/**
 * Carries what the store holds to the engine: runs that are pending, and wishes to cancel. The store is the truth, so
 * a restart of either side loses nothing; the engine takes the same run twice as once.
 */
export function createHandover(options: HandoverOptions): Handover {
  const given: Given = { started: new Set(), cancelled: new Set() };
  let woken = Promise.withResolvers<void>();
  return {
    wake: () => woken.resolve(),
    work: async (signal) => {
      signal.addEventListener("abort", () => woken.resolve());
      let failures = 0;
      while (!signal.aborted) {
        woken = Promise.withResolvers<void>();
        const isDone = await round(options, given);
        failures = isDone ? 0 : failures + 1;
        const pauses = isDone ? [] : [options.sleep(backOffMs(failures), signal)];
        await Promise.race([woken.promise, ...pauses]);
      }
    },
  };
}

/** What the engine has accepted from this process, until the journal tells of it. */
interface Given {
  readonly started: Set<string>;
  readonly cancelled: Set<string>;
}

/** False when something could not be delivered and shall be tried again. */
async function round(options: HandoverOptions, given: Given): Promise<boolean> {
  try {
    await startPending(options, given.started);
    await cancelWanted(options, given.cancelled);
    return true;
  } catch (error) {
    const isExpected = error instanceof StigmerError && error.code === "unavailable";
    options.log[isExpected ? "debug" : "error"](`runs wait to be handed over: ${messageOf(error)}`);
    return false;
  }
}

async function startPending(options: HandoverOptions, started: Set<string>): Promise<void> {
  for (;;) {
    const pending = await options.store.runs.pending(started.size + ROUND_SIZE);
    keepOnly(started, pending);
    const fresh = pending.filter(({ id }) => !started.has(id));
    if (fresh.length === 0) return;
    await allOrFirstFailure(fresh.map((run) => start(options, run, started)));
  }
}

async function start(
  { runner, store, feed }: HandoverOptions,
  run: PendingRun,
  started: Set<string>,
): Promise<void> {
  try {
    await runner.start(toRequest(run));
    started.add(run.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const failure = {
      type: "https://stigmer.ai/errors/not-startable",
      status: 500,
      title: "the run could not be started",
      detail: error.message,
    };
    const event = { type: "ai.stigmer.run.failed.v1", data: { error: failure } };
    const end = { status: "failed", error: failure } as const;
    feed.grown(await store.journal.endPending(run.id, end, { id: `${run.id}/0`, ...event }));
  }
}

async function cancelWanted(options: HandoverOptions, cancelled: Set<string>): Promise<void> {
  const { runner, store, feed } = options;
  const wanted = await store.runs.cancelling(cancelled.size + ROUND_SIZE);
  keepOnly(cancelled, wanted);
  for (const { id, reason, isPending } of wanted) {
    if (cancelled.has(id)) continue;
    try {
      await runner.cancel(id, reason);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const event = { id: `${id}/0`, ...cancelledEvent(reason) };
      if (isPending) {
        feed.grown(await store.journal.endPending(id, { status: "cancelled" }, event));
      } else options.log.warn(`run ${id} can't be cancelled: ${error.message}`);
    }
    cancelled.add(id);
  }
}

function toRequest({ id, kind, name, definition, input }: PendingRun): RunRequestBody {
  const program = kind === "Workflow" ? "workflow" : "agent";
  return { runId: id, program, subject: { kind, name }, definition, input };
}

/** The engine answered, and its answer will be the same next time. */
function isRefusal(error: unknown): error is StigmerError {
  return error instanceof StigmerError && error.code !== "unavailable" && error.code !== "failed";
}

function keepOnly(ids: Set<string>, rows: readonly { id: string }[]): void {
  const present = new Set(rows.map(({ id }) => id));
  for (const id of ids) {
    if (!present.has(id)) ids.delete(id);
  }
}

/** Waits for all, so that no delivery is still under way when the next round begins. */
async function allOrFirstFailure(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === "rejected") throw result.reason;
  }
}
