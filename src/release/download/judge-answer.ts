import { parseRetryAfterMs } from "./backoff.ts";
import { DownloadFailure, proxyLoginFailure } from "./failure.ts";
import { describeSize, type FileSize, fitsSize, knownSize } from "./file-size.ts";
import { isContradicted, strongValidator } from "./validator.ts";

/** What of an answer decides. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** What was asked for: the whole file, or all from this byte on. */
export interface Asked extends FileSize {
  readonly resumedFrom: number;
  readonly validator: string | undefined;
  readonly nowMs: number;
}

export type Verdict =
  /** The body continues what is there. */
  | { verdict: "append"; totalBytes: number }
  /** The body is the whole file; how large it is may be unknown. */
  | { verdict: "restart"; validator: string | undefined; totalBytes: number | undefined }
  /** What is there cannot be continued: ask again, for the whole file. */
  | { verdict: "ask again" }
  | { verdict: "fail"; failure: DownloadFailure };

export function judgeAnswer(answer: Answer, asked: Asked): Verdict {
  if (answer.status === 200) return judgeWhole(answer, asked);
  if (asked.resumedFrom > 0 && answer.status === 416) return { verdict: "ask again" };
  if (answer.status === 206) return judgePart(answer, asked);
  return { verdict: "fail", failure: statusFailure(answer, asked.nowMs) };
}

function judgeWhole({ headers }: Answer, asked: Asked): Verdict {
  const totalBytes = knownSize(asked);
  // The length and the ETag of an encoded body are not the file's.
  if (isEncoded(headers)) return { verdict: "restart", validator: undefined, totalBytes };
  const length = headers.get("Content-Length");
  const validator = strongValidator(headers);
  if (length === null) return { verdict: "restart", validator, totalBytes };
  if (fitsSize(asked, Number(length))) {
    return { verdict: "restart", validator, totalBytes: Number(length) };
  }
  const failure = isPage(headers) ? portalFailure() : sizeFailure(`${length} bytes`, asked);
  return { verdict: "fail", failure };
}

function judgePart({ headers }: Answer, asked: Asked): Verdict {
  const { resumedFrom, validator } = asked;
  if (resumedFrom === 0) {
    return { verdict: "fail", failure: protocolFailure("sent a part of the file, unasked") };
  }
  const contentRange = headers.get("Content-Range") ?? "";
  const totalBytes = Number(/^bytes \d+-\d+\/(\d+)$/.exec(contentRange)?.[1]);
  const length = headers.get("Content-Length");
  const fits =
    contentRange === `bytes ${resumedFrom}-${totalBytes - 1}/${totalBytes}` &&
    fitsSize(asked, totalBytes) &&
    (length === null || Number(length) === totalBytes - resumedFrom) &&
    !isContradicted(headers, validator) &&
    !isEncoded(headers);
  return fits ? { verdict: "append", totalBytes } : { verdict: "ask again" };
}

function statusFailure({ status, headers }: Answer, nowMs: number): DownloadFailure {
  if (status === 407) return proxyLoginFailure();
  if (status === 511) return portalFailure();
  if (status === 404 || status === 410) {
    return new DownloadFailure("not found", `the server has no such file (status ${status})`, {
      hint: "check that this version was released, and that the mirror is complete",
    });
  }
  if (status === 401 || status === 403) {
    return new DownloadFailure("refused", `the server does not let us in (status ${status})`, {
      hint: "name a file with the mirror's header in STIGMER_DOWNLOAD_AUTH_FILE, or check its token",
    });
  }
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  return new DownloadFailure("server", `the server answered with status ${status}`, {
    hint: isPassing ? "try again later" : "check the address of the mirror",
    canRetry: isPassing,
    retryAfterMs: parseRetryAfterMs(headers.get("Retry-After"), nowMs),
  });
}

export function sizeFailure(got: string, size: FileSize): DownloadFailure {
  return new DownloadFailure("wrong size", `it has ${got}, not ${describeSize(size)}`, {
    hint: "the mirror holds another file under this name: compare it with the release",
  });
}

export function portalFailure(): DownloadFailure {
  return new DownloadFailure("captive portal", "a web page came instead of the file", {
    hint: "open a browser and log in to the network or the mirror, then try again",
  });
}

function protocolFailure(what: string): DownloadFailure {
  return new DownloadFailure("server", `the server ${what}`, {
    hint: "it does not speak HTTP as it should: use another mirror",
  });
}

function isEncoded(headers: Headers): boolean {
  const encoding = headers.get("Content-Encoding");
  return encoding !== null && encoding !== "" && encoding !== "identity";
}

export function isPage(headers: Headers): boolean {
  return /^(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get("Content-Type") ?? "");
}

/** Whether the bytes begin as a web page does. */
export function looksLikePage(head: Uint8Array): boolean {
  return /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body)\b/i.test(new TextDecoder().decode(head));
}
