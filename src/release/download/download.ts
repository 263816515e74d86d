import { mkdirSync } from "node:fs";

import { StigmerError } from "../../base/errors.ts";
import { lock } from "../../base/file-lock.ts";
import { readAuthorization } from "./authorization.ts";
import { dropBadCached, findCached } from "./cached-file.ts";
import { copyFromDisk } from "./copy-file.ts";
import { expireLeftovers } from "./expire-leftovers.ts";
import { describeSize } from "./file-size.ts";
import { placesOf } from "./places.ts";
import type { DownloadJob, DownloadRequest } from "./request.ts";
import { explainError, isOffline, limitsOf, offlineWords, withRetries } from "./retry.ts";
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
    tidy(job.folder);
    return path;
  } catch (error) {
    request.signal?.throwIfAborted();
    throw explainError(error, job, 1);
  }
}

/** What others left is no reason to lose a file that has come. */
function tidy(folder: string): void {
  try {
    expireLeftovers(folder, Date.now());
  } catch {
    // The next download tries again.
  }
}

async function fetchFile(job: DownloadJob, request: DownloadRequest): Promise<string> {
  // Another process may have fetched it while this one waited.
  const cached = findCached(job);
  if (cached !== undefined) return cached;
  dropBadCached(job);
  if (job.url.protocol === "file:") return copyFromDisk(job);
  requireOnline(job);
  return withRetries(job, request, (attempt) => tryDownload(job, attempt));
}

function toJob(request: DownloadRequest): DownloadJob {
  const { sha256, sizeBytes, isSizeBound, folder, environment, onProgress = () => {} } = request;
  const url = parseSourceUrl(request.url, environment);
  const authorization = readAuthorization(url, environment);
  const file = { url, sha256, sizeBytes, isSizeBound, folder };
  return { ...file, environment, ...limitsOf(request), authorization, onProgress };
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
      onNotice?.(`waiting for ${who}, which downloads into the same folder`);
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

function requireOnline(job: DownloadJob): void {
  if (!isOffline(job.environment)) return;
  const { who, end } = offlineWords(job.environment);
  throw new StigmerError(
    "unavailable",
    `offline: ${displayUrl(job.url)} (${describeSize(job)} bytes) is needed, and ${who} forbids to fetch it`,
    {
      hint: `fetch it on another machine and put it at ${placesOf(job).done}, or ${end}`,
    },
  );
}
