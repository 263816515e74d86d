import { DownloadFailure } from "./failure.ts";
import type { DownloadLimits } from "./request.ts";

/** How long to wait before the next try; `attempt` is the one that failed, from 1. */
export function retryDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  limits: DownloadLimits,
  random: () => number,
): number {
  const ceilingMs = Math.min(limits.backoffMaxMs, limits.backoffMinMs * 2 ** (attempt - 1));
  // Half of it is fixed, so that a busy server is left alone; the other half spreads many clients.
  const ownMs = ceilingMs / 2 + (ceilingMs / 2) * random();
  return Math.max(ownMs, retryAfterMs ?? 0);
}

/** The `Retry-After` header: whole seconds, or a date. Undefined when there is none or it is neither. */
export function parseRetryAfterMs(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** Waits, unless the caller gives up first. */
export async function sleepUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, durationMs);
  const giveUp = (): void => reject(toError(signal.reason));
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** A server may ask for more patience than a person has. */
export function requireBearableWait(failure: DownloadFailure, limits: DownloadLimits): void {
  const askedMs = failure.retryAfterMs ?? 0;
  if (askedMs <= limits.retryAfterMaxMs) return;
  throw new DownloadFailure(failure.category, failure.message, {
    hint: `the server asks for ${Math.ceil(askedMs / 1000)} s of patience: try again then`,
    cause: failure,
  });
}
