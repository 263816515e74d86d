export type StopSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** Who stops a service may say it twice at once: a service manager to all its processes, and a launcher to its child. */
const REPEATS_MS = 2_000;

/**
 * Resolves to the signal that asks this process to end. Repeats within a moment mean the same; one that comes later is
 * impatience, and ends it at once.
 */
export function untilStopAsked(signals: readonly StopSignal[]): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  for (const signal of signals) process.on(signal, resolve);
  void promise.then(() =>
    setTimeout(() => {
      for (const signal of signals) process.off(signal, resolve);
    }, REPEATS_MS).unref(),
  );
  return promise;
}
