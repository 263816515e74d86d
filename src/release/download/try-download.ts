import { chunksOf } from "./body-chunks.ts";
import { DownloadFailure } from "./failure.ts";
import type { FileSize } from "./file-size.ts";
import {
  isPage,
  judgeAnswer,
  looksLikePage,
  portalFailure,
  sizeFailure,
  type Verdict,
} from "./judge-answer.ts";
import { openAnswer } from "./open-answer.ts";
import { openPartial, type PartialFile } from "./partial-file.ts";
import { placesOf } from "./places.ts";
import type { DownloadJob } from "./request.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

/** One try: continues what is there, or begins. Returns the path of the verified file. */
export async function tryDownload(job: DownloadJob, attempt: number): Promise<string> {
  const part = openPartial(job);
  const watchdog = createWatchdog(job.signal);
  try {
    const resumedFrom = await receive(job, part, { attempt, watchdog });
    if (part.sha256() === job.sha256) return part.finish();
    // An older try may have left wrong bytes; once more without them shows who is wrong.
    if (resumedFrom > 0) {
      part.restart(undefined);
      await receive(job, part, { attempt, watchdog });
      if (part.sha256() === job.sha256) return part.finish();
    }
    throw rejectContent(job, part);
  } finally {
    watchdog.stop();
    part.close();
  }
}

interface Try {
  readonly attempt: number;
  readonly watchdog: Watchdog;
}

/** Fills the file up to its end. Returns how many of its bytes had been there before. */
async function receive(job: DownloadJob, part: PartialFile, now: Try): Promise<number> {
  if (mayBeWhole(job, part)) return part.sizeBytes;
  const { response, verdict } = await openBody(job, part, now);
  if (verdict.verdict === "restart") part.restart(verdict.validator);
  const resumedFrom = part.sizeBytes;
  const { totalBytes } = verdict;
  const tell = (total: number | undefined): void =>
    job.onProgress({
      receivedBytes: part.sizeBytes,
      totalBytes: total,
      attempt: now.attempt,
      resumedFrom,
    });
  tell(totalBytes);
  const size: FileSize = totalBytes === undefined ? job : { sizeBytes: totalBytes };
  for await (const chunk of chunksOf(response, job.limits, now.watchdog)) {
    if (part.sizeBytes + chunk.length > size.sizeBytes) {
      throw pageOr(response, part, sizeFailure("more bytes than it should", size));
    }
    part.append(chunk);
    tell(totalBytes);
  }
  if (totalBytes === undefined) tell(part.sizeBytes);
  else if (part.sizeBytes < totalBytes) {
    throw pageOr(response, part, earlyEnd(totalBytes - part.sizeBytes));
  }
  return resumedFrom;
}

/** The size tells, or the digest where the size is not known. */
function mayBeWhole(job: DownloadJob, part: PartialFile): boolean {
  return job.isSizeBound ? part.sha256() === job.sha256 : part.sizeBytes === job.sizeBytes;
}

type Opened = Extract<Verdict, { totalBytes: number | undefined }>;

async function openBody(
  job: DownloadJob,
  part: PartialFile,
  { attempt, watchdog }: Try,
): Promise<{ response: Response; verdict: Opened }> {
  const { connectMs, stallMs } = job.limits;
  const patienceMs = Math.min(connectMs * attempt, stallMs);
  for (const resumedFrom of [part.sizeBytes, 0]) {
    const { validator } = part;
    const isResumed = resumedFrom > 0 && validator !== undefined;
    watchdog.expect("an answer", patienceMs);
    const response = await openAnswer(
      job,
      isResumed ? { Range: `bytes=${resumedFrom}-`, "If-Range": validator } : {},
      watchdog,
    );
    const { sizeBytes, isSizeBound } = job;
    const asked = { resumedFrom, validator, sizeBytes, isSizeBound, nowMs: Date.now() };
    const verdict = judgeAnswer(response, asked);
    if (verdict.verdict === "append" || verdict.verdict === "restart") return { response, verdict };
    await response.body?.cancel();
    if (verdict.verdict === "fail") throw verdict.failure;
    part.restart(undefined);
  }
  throw new Error("unreachable: an answer to a request without a range is never asked for again");
}

function earlyEnd(missing: number): DownloadFailure {
  return new DownloadFailure("network", `the file ended ${missing} bytes too early`, {
    hint: "try again: what has come is kept",
    canRetry: true,
  });
}

/** A page in the place of the file explains more than its size does. */
function pageOr(response: Response, part: PartialFile, failure: DownloadFailure): DownloadFailure {
  if (!isPage(response.headers) && !looksLikePage(part.head())) return failure;
  part.restart(undefined);
  return portalFailure();
}

function rejectContent(job: DownloadJob, part: PartialFile): DownloadFailure {
  if (looksLikePage(part.head())) {
    part.restart(undefined);
    return portalFailure();
  }
  const actual = part.sha256();
  part.quarantine();
  const { bad } = placesOf(job);
  return new DownloadFailure("wrong digest", `it has SHA-256 ${actual}, not ${job.sha256}`, {
    hint: `do not use it; it is kept as ${bad}. Compare the mirror with the release`,
  });
}
