import type { Paths } from "../../src/base/paths.ts";
import { type DaemonStop, stopDaemon } from "../../src/supervisor/stop-daemon.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

/** Ends the server; undefined when the person would not wait for it any longer. */
export async function endServer(
  paths: Paths,
  options: { graceMs: number; signal: AbortSignal },
  terminal: Terminal,
): Promise<DaemonStop | undefined> {
  try {
    return await stopDaemon(paths, options);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    terminal.talk.warn("the server goes on stopping; nobody waits for it");
    return undefined;
  }
}
