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
  readonly store: {
    readonly runs: Pick<Store["runs"], "pending" | "cancelling">;
    readonly journal: Pick<Store["journal"], "endPending">;
  };
  readonly runner: Pick<RunnerPort, "start" | "cancel">;
  readonly feed: Pick<RunFeed, "grown">;
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
  let woken = Promise.withResolvers<void>();
  const wake = (): void => woken.resolve();
  return {
    wake,
    work: async (signal) => {
      signal.addEventListener("abort", wake);
      const given: Given = { started: new Set(), cancelled: new Set(), resting: new Map() };
      const course: Course = { ...options, given, wake, signal };
      let failures = 0;
      while (!signal.aborted) {
        woken = Promise.withResolvers<void>();
        const isDone = await round(course);
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
  /** Deliveries that failed by themselves, not for want of an engine: each waits alone. */
  readonly resting: Map<string, Rest>;
}

interface Rest {
  readonly failures: number;
  isOver: boolean;
}

interface Course extends HandoverOptions {
  readonly given: Given;
  readonly wake: () => void;
  readonly signal: AbortSignal;
}

/** False when something could not be delivered and shall be tried again. Starts never keep cancels from their turn. */
async function round(course: Course): Promise<boolean> {
  while (!course.signal.aborted) {
    const fresh = await attempt(course, () => startPending(course));
    const isCancelled = await attempt(course, () => cancelWanted(course));
    if (fresh === undefined || isCancelled === undefined) return false;
    if (fresh === 0) return true;
  }
  return true;
}

/** Undefined when it failed for all. */
async function attempt<T>({ log }: Course, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log[isAway(error) ? "debug" : "error"](`runs wait to be handed over: ${messageOf(error)}`);
    return undefined;
  }
}

/** Hands one batch over and gives its size. */
async function startPending(course: Course): Promise<number> {
  const { started, resting } = course.given;
  const limit = started.size + resting.size + ROUND_SIZE;
  const pending = await course.store.runs.pending(limit);
  keepOnly(started, pending);
  const fresh = pending.filter(({ id }) => !started.has(id) && isRested(course, `start ${id}`));
  await allOrFirstFailure(
    fresh.map((run) => alone(course, `start ${run.id}`, () => start(course, run))),
  );
  return fresh.length;
}

async function start({ runner, store, feed, given }: Course, run: PendingRun): Promise<void> {
  try {
    await runner.start(toRequest(run));
    given.started.add(run.id);
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

type Wish = Awaited<ReturnType<Store["runs"]["cancelling"]>>[number];

async function cancelWanted(course: Course): Promise<true> {
  const { cancelled, resting } = course.given;
  const wanted = await course.store.runs.cancelling(cancelled.size + resting.size + ROUND_SIZE);
  keepOnly(cancelled, wanted);
  for (const wish of wanted) {
    const what = `cancel ${wish.id}`;
    if (cancelled.has(wish.id) || !isRested(course, what)) continue;
    await alone(course, what, () => cancel(course, wish));
  }
  return true;
}

async function cancel(course: Course, { id, reason, isPending }: Wish): Promise<void> {
  const { runner, store, feed, log, given } = course;
  try {
    await runner.cancel(id, reason);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const event = { id: `${id}/0`, ...cancelledEvent(reason) };
    if (isPending) {
      feed.grown(await store.journal.endPending(id, { status: "cancelled", reason }, event));
    } else log.warn(`run ${id} can't be cancelled: ${error.message}`);
  }
  given.cancelled.add(id);
}

/** One delivery: unless the engine is away, its failure is its own, and only it waits longer each time. */
async function alone(course: Course, what: string, work: () => Promise<void>): Promise<void> {
  const { given, log } = course;
  try {
    await work();
    given.resting.delete(what);
  } catch (error) {
    if (isAway(error)) throw error;
    const failures = (given.resting.get(what)?.failures ?? 0) + 1;
    const rest = { failures, isOver: false };
    given.resting.set(what, rest);
    log[failures === 1 ? "error" : "debug"](`will try again to ${what}: ${messageOf(error)}`);
    void wait(course, rest);
  }
}

async function wait({ sleep, signal, wake }: Course, rest: Rest): Promise<void> {
  await sleep(backOffMs(rest.failures), signal);
  rest.isOver = true;
  wake();
}

function isRested({ given }: Course, what: string): boolean {
  return given.resting.get(what)?.isOver ?? true;
}

function isAway(error: unknown): boolean {
  return error instanceof StigmerError && error.code === "unavailable";
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
