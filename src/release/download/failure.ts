import { diskTrouble } from "../../base/disk-error.ts";
import { type ErrorCode, messageOf, StigmerError, systemCodeOf } from "../../base/errors.ts";
import { proxyFor } from "./proxy.ts";
import type { FetchJob } from "./request.ts";
import { displayUrl, redactUrls } from "./source-url.ts";

/** What went wrong, as a word that a person can search for. */
export type FailureCategory =
  | "network"
  | "time-out"
  | "TLS"
  | "proxy"
  | "redirect"
  | "not found"
  | "refused"
  | "server"
  | "captive portal"
  | "wrong size"
  | "wrong digest"
  | "disk";

const CODES: Record<FailureCategory, ErrorCode> = {
  network: "unavailable",
  "time-out": "unavailable",
  TLS: "failed",
  proxy: "failed",
  redirect: "failed",
  "not found": "not_found",
  refused: "not_permitted",
  server: "unavailable",
  "captive portal": "failed",
  "wrong size": "checksum_mismatch",
  "wrong digest": "checksum_mismatch",
  disk: "failed",
};

/** The end of one try. Whether there is another is decided by who knows how many there were. */
export class DownloadFailure extends Error {
  override readonly name = "DownloadFailure";
  readonly category: FailureCategory;
  readonly canRetry: boolean;
  readonly hint: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    category: FailureCategory,
    message: string,
    options: {
      hint: string;
      canRetry?: boolean;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.category = category;
    this.canRetry = options.canRetry ?? false;
    this.hint = options.hint;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The sentence for a person: what, from where, through which proxy, after how many tries, and what to do. */
export function explainFailure(
  failure: DownloadFailure,
  job: FetchJob,
  attempts: number,
): StigmerError {
  const proxy = proxyFor(job.url, job.environment);
  const circumstances = [
    ...(proxy ? [`through the proxy ${displayUrl(proxy)}`] : []),
    ...(attempts > 1 ? [`after ${attempts} tries`] : []),
  ];
  const aside = circumstances.length > 0 ? ` (${circumstances.join(", ")})` : "";
  return new StigmerError(
    CODES[failure.category],
    `cannot download ${displayUrl(job.url)}: ${failure.category}: ${failure.message}${aside}`,
    { hint: failure.hint, cause: failure },
  );
}

/** Never worth another try: none of these mends itself. Undefined for an error that is none of the disk's. */
export function diskFailure(error: unknown, folder: string): DownloadFailure | undefined {
  const trouble = diskTrouble(error);
  if (!trouble) return undefined;
  return new DownloadFailure("disk", `${trouble.what}: ${folder} (${systemCodeOf(error)})`, {
    hint: `${trouble.mend}, or set STIGMER_HOME to another folder`,
    cause: error,
  });
}

const TLS_CODE =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$|HOSTNAME_)/;
const CODE_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody answers at that address",
  ECONNRESET: "the connection was cut before all bytes had come",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "the host cannot be reached",
  ETIMEDOUT: "the host did not answer",
};
const CHECK_NETWORK =
  "check the connection; behind a proxy set HTTPS_PROXY, behind a mirror STIGMER_DOWNLOAD_BASE_URL";

/** What `fetch` threw, in our words. `trouble` tells of certificates that could not be read. */
export function networkFailure(error: unknown, trouble: readonly string[]): DownloadFailure {
  const code = systemCodeOf(error) ?? "";
  if (TLS_CODE.test(code)) return tlsFailure(error, code, trouble);
  if (code === "ERR_PROXY_TUNNEL") return tunnelFailure(error);
  const words = CODE_WORDS[code] ?? redactUrls(messageOf(error));
  return new DownloadFailure("network", code ? `${words} (${code})` : words, {
    hint: CHECK_NETWORK,
    canRetry: true,
    cause: error,
  });
}

function tlsFailure(error: unknown, code: string, trouble: readonly string[]): DownloadFailure {
  const own = "name the certificate of your own authority in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE";
  return new DownloadFailure("TLS", `the server cannot be trusted (${code})`, {
    hint: [...trouble, `${own}; on a guest network, log in first`].join("; "),
    cause: error,
  });
}

/** The proxy refused to open a way to the server; its status is in the message alone. */
function tunnelFailure(error: unknown): DownloadFailure {
  const status = Number(/: (\d{3}) /.exec(`${messageOf(error)} `)?.[1] ?? 0);
  if (status === 407) return proxyLoginFailure();
  return new DownloadFailure("proxy", `the proxy refused the connection (status ${status})`, {
    hint: "check HTTPS_PROXY, or list the host in NO_PROXY",
    canRetry: status >= 500 || status === 429,
    cause: error,
  });
}

export function proxyLoginFailure(): DownloadFailure {
  return new DownloadFailure("proxy", "the proxy wants a user name and a password (status 407)", {
    hint: "write them into the proxy's address: HTTPS_PROXY=http://user:password@proxy:3128",
  });
}
