import { DownloadFailure } from "./failure.ts";

/** Ends one try when nothing happens for too long. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** From now on the next sign of life must come within this time, else the try ends, telling what it waited for. */
  expect(what: string, withinMs: number): void;
  stop(): void;
}

export function createWatchdog(parent: AbortSignal): Watchdog {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bark = (what: string, withinMs: number): void => {
    controller.abort(
      new DownloadFailure("time-out", `${what} did not come within ${withinMs / 1000} s`, {
        hint: "check the connection and the proxy; what has come is kept for the next try",
        canRetry: true,
      }),
    );
  };
  return {
    signal: AbortSignal.any([parent, controller.signal]),
    expect: (what, withinMs) => {
      clearTimeout(timer);
      timer = setTimeout(bark, withinMs, what, withinMs);
    },
    stop: () => clearTimeout(timer),
  };
}
