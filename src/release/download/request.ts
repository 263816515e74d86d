import type { FileSize } from "./file-size.ts";

export type Environment = Record<string, string | undefined>;

/** What to fetch, and what it must be. No field and no variable can leave the digest out. */
export interface DownloadRequest extends FetchRequest, FileSize {
  readonly sha256: string;
  /** Where the file, its beginning and its lock live: `cache/downloads`. */
  readonly folder: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** From where, and by which ways. */
export interface FetchRequest {
  /** `https:` or `file:`; `http:` only to loopback and to where STIGMER_DOWNLOAD_BASE_URL points. */
  readonly url: string;
  /** Proxies, certificates, mirror and login; the program's own has been through `keepLoopbackDirect`. */
  readonly environment: Environment;
  readonly signal?: AbortSignal;
  /** A sentence about a wait or another try. */
  readonly onNotice?: (message: string) => void;
  readonly limits?: Partial<DownloadLimits>;
  readonly random?: () => number;
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

export interface DownloadProgress {
  readonly receivedBytes: number;
  /** Undefined as long as nobody has said how much it will be. */
  readonly totalBytes: number | undefined;
  /** Counts from 1. */
  readonly attempt: number;
  /** Bytes that an earlier try had left. */
  readonly resumedFrom: number;
}

export interface DownloadLimits {
  /** Until an answer begins, in the first try; each further try waits that much longer, up to `stallMs`. */
  readonly connectMs: number;
  /** Without a single byte. */
  readonly stallMs: number;
  /** All tries and waits together. */
  readonly totalMs: number;
  readonly attemptsMax: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A server that asks for a longer wait is not waited for. */
  readonly retryAfterMaxMs: number;
  readonly redirectsMax: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = {
  connectMs: 10_000,
  stallMs: 30_000,
  totalMs: 1_800_000,
  attemptsMax: 5,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  retryAfterMaxMs: 300_000,
  redirectsMax: 5,
};

/** A request with every choice made. */
export interface DownloadJob extends FetchJob, FileSize {
  readonly sha256: string;
  readonly folder: string;
  readonly onProgress: (progress: DownloadProgress) => void;
}

export interface FetchJob {
  readonly url: URL;
  readonly environment: Environment;
  readonly limits: DownloadLimits;
  /** Ends with the caller's signal, or when the time for the whole download is over. */
  readonly signal: AbortSignal;
  readonly authorization: Authorization | undefined;
}

/** One header, and the only origin that may see it. */
export interface Authorization {
  readonly origin: string;
  readonly name: string;
  readonly value: string;
}
