import { formatDurationMs } from "../../src/base/duration.ts";
import type { DaemonStop } from "../../src/supervisor/stop-daemon.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { untilInterrupted } from "../interrupt.ts";
import { endServer } from "./end.ts";
import { requireOwnServer } from "./report.ts";

export const GRACE_SECONDS = { min: 0, max: 3_600 };

export const stop = command({
  details: "Runs that are under way go on when the server is started again.",
  examples: ["stigmer server stop", "stigmer server stop --timeout 60"],
  args: {
    timeout: {
      type: "string",
      integer: GRACE_SECONDS,
      default: "10",
      valueHint: "SECONDS",
      description: "How long it may take before it is killed",
    },
  },
  async run(flags, terminal) {
    requireOwnServer(flags);
    const { timeout } = flags;
    const paths = homePaths();
    const graceMs = timeout * 1_000;
    return untilInterrupted(
      async (signal) => {
        const outcome = await endServer(paths, { graceMs, signal }, terminal);
        if (outcome) report(outcome, { home: paths.home, graceMs }, terminal);
      },
      ["SIGINT", "SIGTERM"],
    );
  },
});

function report(
  outcome: DaemonStop,
  { home, graceMs }: { home: string; graceMs: number },
  terminal: Terminal,
): void {
  if (terminal.isJson) return terminal.printJson(outcome);
  if (!outcome.stopped) return terminal.print(`no server runs on ${home}`);
  if (outcome.forced) {
    terminal.talk.warn(`it did not end within ${formatDurationMs(graceMs)}, so it was killed`);
  }
  return terminal.print(`server stopped (pid ${outcome.pid})`);
}
