import type { ActivityContext } from "../backend.ts";
import type { ActivityCommand, RetryPolicy } from "../command.ts";
import { ActivityFailure, ActivityUnavailable } from "../errors.ts";
import { record, recordSuccess } from "./batch.ts";
import type { Recorded } from "./batch.ts";
import { findLive, stackOf } from "./course.ts";
import type { Engine, LiveRun } from "./engine.ts";
import { LateAbort } from "./late-abort.ts";
import { takeOutcome } from "./outcome.ts";
import { configurationError, runtimeError } from "./run-errors.ts";
import { runTimeOf, steadyTimeOf } from "./run-time.ts";

/** The wait before the first new try when nobody answered, and the longest. */
const UNAVAILABLE_DELAY_MS = 100;
const UNAVAILABLE_DELAY_MS_MAX = 5_000;

/** So many times may the part die that runs an activity, before the activity counts as what kills it. */
const CUTS_MAX = 3;

/**
 * One try at an activity. `round` counts how often nobody answered, `cuts` how often of these its part went away while
 * it ran it; `attempt` how often it was answered, plus one.
 */
interface Try {
  readonly engine: Engine;
  readonly run: LiveRun;
  readonly command: ActivityCommand;
  readonly attempt: number;
  readonly round: number;
  readonly cuts: number;
}

/** Begins the next attempt of an activity, when it is due. A paused run begins none: `run.resumed` comes here again. */
export function launchActivity(engine: Engine, run: LiveRun, command: ActivityCommand): void {
  if (run.drive.isPaused) return;
  const failed = run.drive.retries.get(command.id);
  const attempt = (failed?.attempt ?? 0) + 1;
  const next: Try = { engine, run, command, attempt, round: 0, cuts: 0 };
  if (!failed) return enter(next);
  const dueMs = steadyTimeOf(engine, run, failed.dueMs);
  if (dueMs <= engine.clock.steady()) return enter(next);
  run.work.set(command.id, { cancel: engine.alarms.at(dueMs, () => enter(next)) });
}

/** Waits for a free slot, then runs. */
function enter(current: Try): void {
  const { engine, run, command } = current;
  const abort = new LateAbort();
  // Listed first: a free slot starts the job at once.
  const job = (): Promise<void> => runTry(current, abort);
  const cancel = (): void => {
    engine.slots.leave(job);
    abort.abort();
  };
  run.work.set(command.id, { cancel });
  engine.slots.enter(job);
}

async function runTry(current: Try, abort: LateAbort): Promise<void> {
  const { engine, run, command } = current;
  if (!mayRun(current)) return void run.work.delete(command.id);
  const handler = engine.findActivity(command.name);
  if (!handler) return answerFailure(current, unknownActivity(command));
  try {
    const value = await handler(command.input, contextOf(current, abort));
    answer(current, recordSuccess(command.id, value));
    noteAvailable(current);
  } catch (error) {
    if (!abort.isAborted) takeError(current, error);
  }
}

function mayRun({ engine, run, command }: Try): boolean {
  const live = engine.isRunning ? findLive(engine, run.runId) : undefined;
  return live !== undefined && !live.drive.isPaused && live.drive.pending.has(command.id);
}

function contextOf(current: Try, abort: LateAbort): ActivityContext {
  const { engine, attempt } = current;
  const { runId } = current.run;
  const { id: commandId } = current.command;
  return {
    runId,
    commandId,
    idempotencyKey: `${runId}/${commandId}`,
    attempt,
    get signal() {
      return abort.signal;
    },
    progress: (data) => {
      if (!abort.isAborted) engine.showProgress({ runId, commandId, data });
    },
  };
}

function answer({ engine, run, command }: Try, recorded: Recorded): void {
  const place = { runId: run.runId, commandId: command.id };
  engine.submit({ decide: (batch) => takeOutcome(engine, batch, place, recorded) });
}

function takeError(current: Try, error: unknown): void {
  if (error instanceof ActivityUnavailable) return tryLater(current, error);
  noteAvailable(current);
  if (error instanceof ActivityFailure) return answerFailure(current, error);
  logBug(current, error);
  answerFailure(current, new ActivityFailure(runtimeError(error)));
}

/** Nobody's answer is no answer: it is not journaled, and the attempt stays the same. */
function tryLater(current: Try, error: ActivityUnavailable): void {
  const { engine, run, command, round } = current;
  const { name } = command;
  const cuts = current.cuts + (error.isCut ? 1 : 0);
  if (cuts >= CUTS_MAX) return answerFailure(current, deadly(cuts));
  if (!engine.unavailable.has(name)) {
    engine.unavailable.add(name);
    engine.log.warn(`nobody answers the activity "${name}", it is tried until someone does`, {
      runId: run.runId,
      reason: error.message,
    });
  }
  const delayMs = Math.min(UNAVAILABLE_DELAY_MS * 2 ** round, UNAVAILABLE_DELAY_MS_MAX);
  const cancel = engine.clock.wake(delayMs, () => enter({ ...current, round: round + 1, cuts }));
  run.work.set(command.id, { cancel });
}

function deadly(cuts: number): ActivityFailure {
  const { type, status } = runtimeError("");
  const detail = `the part that runs it died ${cuts} times while it ran this; see its log`;
  return new ActivityFailure({ type, status, title: "the part died while it ran this", detail });
}

function noteAvailable({ engine, command: { name } }: Try): void {
  if (!engine.unavailable.delete(name)) return;
  engine.log.info(`the activity "${name}" is answered again`);
}

function unknownActivity({ name }: ActivityCommand): ActivityFailure {
  return new ActivityFailure(configurationError(`there is no activity "${name}"`));
}

function answerFailure(current: Try, failure: ActivityFailure): void {
  const commandId = current.command.id;
  try {
    answer(current, recordFailure(current, failure));
  } catch (bug) {
    // What the handler said is no error as we know them, and the run must not wait for ever because of it.
    logBug(current, bug);
    answer(current, record({ type: "outcome.failed", commandId, error: runtimeError(bug) }));
  }
}

function recordFailure({ engine, run, command, attempt }: Try, failure: ActivityFailure): Recorded {
  const commandId = command.id;
  const { error } = failure;
  const delayMs = retryDelayMs(command.retry, attempt, failure);
  if (delayMs === undefined) return record({ type: "outcome.failed", commandId, error });
  const dueMs = runTimeOf(engine, run) + delayMs;
  return record({ type: "activity.retrying", commandId, attempt, error, dueMs });
}

function logBug({ engine, run, command }: Try, bug: unknown): void {
  engine.log.error(`the activity "${command.name}" ended in a way that it must not`, {
    runId: run.runId,
    commandId: command.id,
    stack: stackOf(bug),
  });
}

/** Undefined when there is no further attempt. */
function retryDelayMs(
  policy: RetryPolicy | undefined,
  attempt: number,
  { isRetryable, retryAfterMs = 0 }: ActivityFailure,
): number | undefined {
  if (!policy || !isRetryable || attempt >= policy.attemptsMax) return undefined;
  const delayMs = Math.min(policy.delayMs * policy.factor ** (attempt - 1), policy.delayMaxMs);
  return Math.max(delayMs, retryAfterMs);
}
