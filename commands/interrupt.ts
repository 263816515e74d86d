/** The exit status of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

const STATUS = { SIGINT: INTERRUPTED, SIGTERM: 143 } as const;
type Signal = keyof typeof STATUS;

/**
 * Runs work that only Ctrl-C ends, or another of these signals. The second one ends the process at once, as it does
 * without us.
 */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<number | void>,
  signals: readonly Signal[] = ["SIGINT"],
): Promise<number> {
  const controller = new AbortController();
  let got: Signal | undefined;
  const handlers = signals.map((name) => {
    const interrupt = (): void => {
      got ??= name;
      controller.abort();
    };
    process.once(name, interrupt);
    return { name, interrupt };
  });
  try {
    const status = await work(controller.signal);
    return got === undefined ? (status ?? 0) : STATUS[got];
  } finally {
    for (const { name, interrupt } of handlers) process.removeListener(name, interrupt);
  }
}
