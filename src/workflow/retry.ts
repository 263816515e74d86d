import type { Duration } from "../dsl/duration.ts";
import type { RetryPolicy } from "../dsl/retry.ts";
import { durationMsIn, isTrueIn } from "./frame.ts";
import type { Frame } from "./run-state.ts";

/** Where a try stands between two attempts. */
export interface Attempts {
  /** Which retry would be next, from 1. */
  readonly retry: number;
  /** When the first attempt began. */
  readonly startedAtMs: number;
}

/**
 * Milliseconds until the next attempt, or undefined when the policy allows none. `frame.input` is the error.
 * `limit.attempt.count` counts retries: with 5 a task runs at most six times.
 */
export function nextDelayMs(
  policy: RetryPolicy,
  frame: Frame,
  { retry, startedAtMs }: Attempts,
): number | undefined {
  const { when, exceptWhen, limit } = policy;
  if (when !== undefined && !isTrueIn(frame, when)) return undefined;
  if (exceptWhen !== undefined && isTrueIn(frame, exceptWhen)) return undefined;
  const countMax = limit?.attempt?.count ?? Number.POSITIVE_INFINITY;
  if (retry > countMax) return undefined;
  const delayMs =
    backedOff(policy, retry, msOf(frame, policy.delay)) + jitterMs(policy, frame, retry);
  const spentMs = frame.run.nowMs - startedAtMs;
  const durationMaxMs = limit?.duration
    ? durationMsIn(frame, limit.duration)
    : Number.POSITIVE_INFINITY;
  return spentMs + delayMs > durationMaxMs ? undefined : delayMs;
}

/** No delay grows over this, so that an exponent never makes a time that a clock can't hold. */
const DELAY_MAX_MS = 365 * 86_400_000;

/** The first retry waits the delay as it is; then it grows by itself (linear) or doubles (exponential). */
function backedOff({ backoff }: RetryPolicy, retry: number, delayMs: number): number {
  if (backoff?.linear) return Math.min(delayMs * retry, DELAY_MAX_MS);
  if (backoff?.exponential) return Math.min(delayMs * 2 ** (retry - 1), DELAY_MAX_MS);
  return Math.min(delayMs, DELAY_MAX_MS);
}

/** Spread evenly between its bounds by a hash of where it happens: a replay must wait as long as the first time. */
function jitterMs({ jitter }: RetryPolicy, frame: Frame, retry: number): number {
  if (!jitter) return 0;
  const from = msOf(frame, jitter.from);
  const to = Math.max(from, msOf(frame, jitter.to));
  const fraction = hash(`${frame.run.runId}${frame.position}/retry/${retry}`) / 2 ** 32;
  return Math.floor(from + fraction * (to - from + 1));
}

function msOf(frame: Frame, duration: Duration | undefined): number {
  return duration === undefined ? 0 : durationMsIn(frame, duration);
}

/** FNV-1a with a last mix, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}
