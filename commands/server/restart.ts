import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { untilInterrupted } from "../interrupt.ts";
import { endServer } from "./end.ts";
import { launch, prepareStart, serverArguments } from "./launch.ts";
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
        const outcome = await endServer(paths, { graceMs: GRACE_MS, signal }, terminal);
        if (outcome?.stopped === false) terminal.talk.info("no server ran");
      },
      ["SIGINT", "SIGTERM"],
    );
    if (ended !== 0) return ended;
    return launch({ paths, start: prepared, timeout: flags.timeout }, terminal);
  },
});
