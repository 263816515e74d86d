import { StigmerError } from "../base/errors.ts";

const STANDARD_SECONDS = 300;

/** How long to wait for another process that installs: STIGMER_LOCK_TIMEOUT in seconds, else five minutes. */
export function readLockTimeoutMs(environment: Record<string, string | undefined>): number {
  const text = environment["STIGMER_LOCK_TIMEOUT"];
  if (!text) return STANDARD_SECONDS * 1_000;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000;
  throw new StigmerError(
    "usage",
    `STIGMER_LOCK_TIMEOUT is "${text}", which is no number of seconds`,
    {
      hint: `write it like STIGMER_LOCK_TIMEOUT=${STANDARD_SECONDS}`,
    },
  );
}
