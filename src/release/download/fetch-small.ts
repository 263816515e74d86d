import { closeSync, fstatSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { StigmerError } from "../../base/errors.ts";
import { readAuthorization } from "./authorization.ts";
import { chunksOf } from "./body-chunks.ts";
import { notAFile, openOrExplain } from "./copy-file.ts";
import { isPage, judgeAnswer, looksLikePage, portalFailure, sizeFailure } from "./judge-answer.ts";
import { openAnswer } from "./open-answer.ts";
import type { FetchJob, FetchRequest } from "./request.ts";
import { explainError, isOffline, limitsOf, offlineWords, withRetries } from "./retry.ts";
import { BASE_URL_VARIABLE, displayUrl, parseSourceUrl } from "./source-url.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

export interface SmallRequest extends FetchRequest {
  readonly bytesMax: number;
}

interface SmallJob extends FetchJob {
  readonly bytesMax: number;
}

/** A small file whose digest nobody knows before: the caller must check its signature. */
export async function fetchSmall(request: SmallRequest): Promise<Uint8Array> {
  const { environment, bytesMax } = request;
  const url = parseSourceUrl(request.url, environment);
  const authorization = readAuthorization(url, environment);
  const job = { url, environment, bytesMax, authorization, ...limitsOf(request) };
  try {
    if (url.protocol === "file:") return readFromDisk(job);
    requireOnline(job);
    return await withRetries(job, request, (attempt) => tryFetch(job, attempt));
  } catch (error) {
    request.signal?.throwIfAborted();
    throw explainError(error, job, 1);
  }
}

async function tryFetch(job: SmallJob, attempt: number): Promise<Uint8Array> {
  const watchdog = createWatchdog(job.signal);
  try {
    const { connectMs, stallMs } = job.limits;
    watchdog.expect("an answer", Math.min(connectMs * attempt, stallMs));
    return await readBody(job, await openAnswer(job, {}, watchdog), watchdog);
  } finally {
    watchdog.stop();
  }
}

async function readBody(
  job: SmallJob,
  response: Response,
  watchdog: Watchdog,
): Promise<Uint8Array> {
  const size = { sizeBytes: job.bytesMax, isSizeBound: true };
  const asked = { resumedFrom: 0, validator: undefined, nowMs: Date.now(), ...size };
  const verdict = judgeAnswer(response, asked);
  if (verdict.verdict === "fail") {
    await response.body?.cancel();
    throw verdict.failure;
  }
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  for await (const chunk of chunksOf(response, job.limits, watchdog)) {
    receivedBytes += chunk.length;
    if (receivedBytes > job.bytesMax) throw sizeFailure("more bytes than it should", size);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (isPage(response.headers) || looksLikePage(body)) throw portalFailure();
  return body;
}

function readFromDisk({ url, bytesMax }: SmallJob): Uint8Array {
  const path = fileURLToPath(url);
  const descriptor = openOrExplain(path);
  try {
    if (!fstatSync(descriptor).isFile()) throw notAFile(path);
    const bytes = new Uint8Array(bytesMax + 1);
    const count = readSync(descriptor, bytes);
    if (count <= bytesMax) return bytes.subarray(0, count);
    throw sizeFailure(`more than ${bytesMax} bytes`, { sizeBytes: bytesMax, isSizeBound: true });
  } finally {
    closeSync(descriptor);
  }
}

function requireOnline({ environment, url }: SmallJob): void {
  if (!isOffline(environment)) return;
  const { who, end } = offlineWords(environment);
  throw new StigmerError(
    "unavailable",
    `offline: ${displayUrl(url)} is needed, and ${who} forbids to fetch it`,
    {
      hint: `copy the release into a folder and set ${BASE_URL_VARIABLE}=file:///that/folder, or ${end}`,
    },
  );
}
