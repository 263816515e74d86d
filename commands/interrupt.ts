/** The exit status of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Runs work that only Ctrl-C ends. The second Ctrl-C ends the process at once, as it does without us. */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<number | void>,
): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once("SIGINT", interrupt);
  try {
    const status = await work(controller.signal);
    return controller.signal.aborted ? INTERRUPTED : (status ?? 0);
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}
