import { setTimeout } from "node:timers/promises";

// The other side is a socket on this machine: asking costs nothing, and a run waits for the answer.
const FIRST_MS = 20;
const LAST_MS = 1_000;

export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (durationMs, signal) =>
  setTimeout(durationMs, undefined, { signal }).catch(() => {});

/** How long to wait before the next try: twice as long each time, up to a limit. */
export function backOffMs(failures: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
}
