import { DOWNLOAD_LIMITS, type DownloadLimits } from "./download/request.ts";
import { readSeconds } from "./read-seconds.ts";

/** How patient a download is: STIGMER_DOWNLOAD_STALL in seconds without a byte, else thirty. */
export function readDownloadLimits(
  environment: Readonly<Record<string, string | undefined>>,
): Partial<DownloadLimits> {
  const stallMs = readSeconds(environment, "STIGMER_DOWNLOAD_STALL", DOWNLOAD_LIMITS.stallMs);
  return { stallMs, connectMs: Math.min(stallMs, DOWNLOAD_LIMITS.connectMs) };
}
