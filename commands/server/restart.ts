import type { Paths } from "../../src/base/paths.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { untilInterrupted } from "../interrupt.ts";
import { endServer } from "./end.ts";
import { launch, prepareRunner, prepareStart, serverArguments } from "./launch.ts";
import { requireOwnServer } from "./report.ts";

const GRACE_MS = 10_000;

export const restart = command({
  details:
    'Runs that are under way go on afterwards. Flags of the earlier start are not kept: what should stay belongs in the settings ("stigmer config set server.port 8080").',
  examples: ["stigmer server restart", "stigmer server restart --port 8080"],
  args: serverArguments,
  async run(flags, terminal) {
    requireOwnServer(flags);
    const paths = homePaths();
    // A server that could not be started again must not be stopped.
    const prepared = prepareStart(paths, flags, terminal);
    const ended = await untilInterrupted(
      async (signal) => {
        if (!(await hasRunner(paths, signal, terminal))) return;
        const outcome = await endServer(paths, { graceMs: GRACE_MS, signal }, terminal);
        if (outcome?.stopped === false) terminal.talk.info("no server ran");
      },
      ["SIGINT", "SIGTERM"],
    );
    if (ended !== 0) return ended;
    const start = { paths, start: prepared, timeout: flags.timeout, hasRunner: true };
    return launch(start, terminal);
  },
});

/** Brings the agent-runner while the old server still works; false when the person would not wait for it. */
async function hasRunner(paths: Paths, signal: AbortSignal, terminal: Terminal): Promise<boolean> {
  try {
    await prepareRunner(paths, signal, terminal);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.talk.warn("the restart was called off: nothing was stopped");
    return false;
  }
}
