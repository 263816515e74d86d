import { setTimeout } from "node:timers/promises";

const FIRST_MS = 100;
const LAST_MS = 5_000;

export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (durationMs, signal) =>
  setTimeout(durationMs, undefined, { signal }).catch(() => {});

/** How long to wait before the next try: twice as long each time, up to a limit. */
export function backOffMs(failures: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
}
