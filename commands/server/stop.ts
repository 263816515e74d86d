import { formatDurationMs } from "../../src/base/duration.ts";
import { stopDaemon } from "../../src/supervisor/stop-daemon.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";

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
  async run({ timeout }, terminal) {
    const { home, ...paths } = homePaths();
    const outcome = await stopDaemon({ home, ...paths }, { graceMs: timeout * 1_000 });
    if (terminal.isJson) return terminal.printJson(outcome);
    if (!outcome.stopped) return terminal.print(`no server runs on ${home}`);
    if (outcome.forced) {
      terminal.talk.warn(
        `it did not end within ${formatDurationMs(timeout * 1_000)}, so it was killed`,
      );
    }
    return terminal.print(`server stopped (pid ${outcome.pid})`);
  },
});
