import { mkdirSync } from "node:fs";

import { StigmerError } from "../../base/errors.ts";
import { lock } from "../../base/file-lock.ts";
import { readAuthorization } from "./authorization.ts";
import { requireBearableWait, retryDelayMs, sleepUnlessAborted } from "./backoff.ts";
import { dropBadCached, findCached } from "./cached-file.ts";
import { copyFromDisk } from "./copy-file.ts";
import { expireLeftovers } from "./expire-leftovers.ts";
import { diskFailure, DownloadFailure, explainFailure } from "./failure.ts";
import { placesOf } from "./places.ts";
import { DOWNLOAD_LIMITS, type DownloadJob, type DownloadRequest } from "./request.ts";
import { displayUrl, parseSourceUrl } from "./source-url.ts";
import { tryDownload } from "./try-download.ts";

/**
 * The file with this very digest, on disk: the one that is there already, else fetched. Any number of processes may
 * ask at once, and any of them may be killed: one fetches, and the next goes on where it was cut off.
 */
export async function downloadFile(request: DownloadRequest): Promise<string> {
  requireDigest(request);
  const cached = findCached(request);
  if (cached !== undefined) return cached;
  const job = toJob(request);
  try {
    mkdirSync(job.folder, { recursive: true, mode: 0o700 });
    const path = await holdingLock(job, request, () => fetchFile(job, request));
    expireLeftovers(job.folder, Date.now());
    return path;
  } catch (error) {
    request.signal?.throwIfAborted();
    throw explain(error, job, 1);
  }
}

async function fetchFile(job: DownloadJob, request: DownloadRequest): Promise<string> {
  // Another process may have fetched it while this one waited.
  const cached = findCached(job);
  if (cached !== undefined) return cached;
  dropBadCached(job);
  if (job.url.protocol === "file:") return copyFromDisk(job);
  requireOnline(job);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryDownload(job, attempt);
    } catch (error) {
      request.signal?.throwIfAborted();
      await beforeNextTry(toFailure(error, job), { job, request, attempt });
    }
  }
}

/** Waits as long as it should; throws when there is to be no further try. */
async function beforeNextTry(
  failure: DownloadFailure,
  now: { job: DownloadJob; request: DownloadRequest; attempt: number },
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
    throw explain(error, job, attempt);
  }
}

function toJob(request: DownloadRequest): DownloadJob {
  const { sha256, sizeBytes, folder, environment, onProgress = () => {} } = request;
  const url = parseSourceUrl(request.url, environment);
  const limits = { ...DOWNLOAD_LIMITS, ...request.limits };
  const timeUp = AbortSignal.timeout(limits.totalMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeUp]) : timeUp;
  const authorization = readAuthorization(url, environment);
  return { url, sha256, sizeBytes, folder, environment, limits, signal, authorization, onProgress };
}

async function holdingLock<T>(
  job: DownloadJob,
  { onNotice }: DownloadRequest,
  work: () => Promise<T>,
): Promise<T> {
  const held = await lock(placesOf(job).lock, {
    timeoutMs: job.limits.totalMs,
    signal: job.signal,
    onWait: (holder) => {
      const who = holder ? `process ${holder.pid}` : "another process";
      onNotice?.(`waiting for ${who}, which downloads the same file`);
    },
  });
  try {
    return await work();
  } finally {
    held.release();
  }
}

/** Without them anything would pass, so their absence is never taken for "unchecked". */
function requireDigest({ sha256, sizeBytes }: DownloadRequest): void {
  if (/^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(sizeBytes) && sizeBytes > 0) return;
  throw new StigmerError("usage", "nothing is downloaded without its SHA-256 and its size", {
    hint: `got "${sha256}" and ${sizeBytes} bytes`,
  });
}

function requireOnline({ environment, url, folder, sha256, sizeBytes }: DownloadJob): void {
  const offline = environment["STIGMER_OFFLINE"]?.toLowerCase() ?? "";
  if (["", "0", "false", "no"].includes(offline)) return;
  const { done } = placesOf({ folder, sha256 });
  throw new StigmerError(
    "unavailable",
    `offline: ${displayUrl(url)} (${sizeBytes} bytes) is needed, and STIGMER_OFFLINE forbids to fetch it`,
    { hint: `fetch it on another machine and put it at ${done}, or unset STIGMER_OFFLINE` },
  );
}

function toFailure(error: unknown, job: DownloadJob): DownloadFailure {
  const failure = error instanceof DownloadFailure ? error : diskFailure(error, job.folder);
  if (failure) return failure;
  if (job.signal.aborted) return timeUpFailure(job);
  throw error;
}

function timeUpFailure({ limits }: DownloadJob): DownloadFailure {
  return new DownloadFailure("time-out", `it was not done within ${limits.totalMs / 1000} s`, {
    hint: "try again: what has come is kept",
  });
}

function explain(error: unknown, job: DownloadJob, attempts: number): unknown {
  if (error instanceof StigmerError) return error;
  return explainFailure(toFailure(error, job), job, attempts);
}
