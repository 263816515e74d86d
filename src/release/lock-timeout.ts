import { readSeconds } from "./read-seconds.ts";

const STANDARD_MS = 300_000;

/** How long to wait for another process that installs: STIGMER_LOCK_TIMEOUT in seconds, else five minutes. */
export function readLockTimeoutMs(
  environment: Readonly<Record<string, string | undefined>>,
): number {
  return readSeconds(environment, "STIGMER_LOCK_TIMEOUT", STANDARD_MS);
}
