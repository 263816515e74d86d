import { StigmerError } from "../../base/errors.ts";
import { requireBearableWait, retryDelayMs, sleepUnlessAborted } from "./backoff.ts";
import { diskFailure, DownloadFailure, explainFailure } from "./failure.ts";
import { DOWNLOAD_LIMITS, type FetchJob, type FetchRequest } from "./request.ts";

/** A job that may also have a place on disk, which a failure then names. */
type Job = FetchJob & { readonly folder?: string };

/** Tries again as long as a failure may pass and there is a try left. */
export async function withRetries<T>(
  job: Job,
  request: FetchRequest,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      request.signal?.throwIfAborted();
      await beforeNextTry(toFailure(error, job), { job, request, attempt });
    }
  }
}

/** Waits as long as it should; throws when there is to be no further try. */
async function beforeNextTry(
  failure: DownloadFailure,
  now: { job: Job; request: FetchRequest; attempt: number },
): Promise<void> {
  const { job, request, attempt } = now;
  const { random = Math.random, sleep = sleepUnlessAborted, onNotice } = request;
  try {
    if (!failure.canRetry || attempt >= job.limits.attemptsMax) throw failure;
    requireBearableWait(failure, job.limits);
    const waitMs = retryDelayMs(attempt, failure.retryAfterMs, job.limits, random);
    const seconds = (waitMs / 1000).toFixed(1);
    onNotice?.(`${failure.category}: ${failure.message}; trying again in ${seconds} s`);
    await sleep(waitMs, job.signal);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw explainError(error, job, attempt);
  }
}

/** The time limit of a whole download, and the caller's own end of it. */
export function limitsOf(request: FetchRequest): Pick<FetchJob, "limits" | "signal"> {
  const limits = { ...DOWNLOAD_LIMITS, ...request.limits };
  const timeUp = AbortSignal.timeout(limits.totalMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeUp]) : timeUp;
  return { limits, signal };
}

export function explainError(error: unknown, job: Job, attempts: number): unknown {
  if (error instanceof StigmerError) return error;
  return explainFailure(toFailure(error, job), job, attempts);
}

function toFailure(error: unknown, job: Job): DownloadFailure {
  if (error instanceof DownloadFailure) return error;
  const failure = job.folder === undefined ? undefined : diskFailure(error, job.folder);
  if (failure) return failure;
  if (job.signal.aborted) return timeUpFailure(job);
  throw error;
}

function timeUpFailure({ limits }: Job): DownloadFailure {
  return new DownloadFailure("time-out", `it was not done within ${limits.totalMs / 1000} s`, {
    hint: "try again: what has come is kept",
  });
}

export function isOffline(environment: FetchRequest["environment"]): boolean {
  const offline = environment["STIGMER_OFFLINE"]?.toLowerCase() ?? "";
  return !["", "0", "false", "no"].includes(offline);
}

/** What the variable holds where a flag of the command has set it, so that the flag is blamed. */
export const OFFLINE_FLAG = "--offline";

/** Who forbids the network, and how that is ended. */
export function offlineWords(environment: FetchRequest["environment"]): {
  who: string;
  end: string;
} {
  return environment["STIGMER_OFFLINE"] === OFFLINE_FLAG
    ? { who: OFFLINE_FLAG, end: `leave out ${OFFLINE_FLAG}` }
    : { who: "STIGMER_OFFLINE", end: "unset STIGMER_OFFLINE" };
}
