const DELAY_MIN_MS = 1_000;
const DELAY_MAX_MS = 60_000;
const RESTARTS_MAX = 10;
const WINDOW_MS = 10 * 60_000;
/** A process that was ready for this long has proved itself: its next failure is a first one. */
const PROVEN_MS = 60_000;

/** How long to wait before each restart of one part, and when to give up. */
export interface RestartBudget {
  /** Milliseconds to wait, doubling from 1 s to 60 s; undefined after ten restarts within ten minutes. */
  afterFailure(nowMs: number, readyForMs: number): number | undefined;
}

export function createRestartBudget(): RestartBudget {
  let restartsMs: number[] = [];
  let delayMs = DELAY_MIN_MS;
  return {
    afterFailure: (nowMs, readyForMs) => {
      restartsMs = restartsMs.filter((restartMs) => nowMs - restartMs < WINDOW_MS);
      if (restartsMs.length >= RESTARTS_MAX) return undefined;
      restartsMs.push(nowMs);
      if (readyForMs >= PROVEN_MS) delayMs = DELAY_MIN_MS;
      const waitMs = delayMs;
      delayMs = Math.min(delayMs * 2, DELAY_MAX_MS);
      return waitMs;
    },
  };
}
