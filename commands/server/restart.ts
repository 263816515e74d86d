import { stopDaemon } from "../../src/supervisor/stop-daemon.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { launch, serverArguments } from "./launch.ts";

const GRACE_MS = 10_000;

export const restart = command({
  details:
    'Runs that are under way go on afterwards. Flags of the earlier start are not kept: what should stay belongs in the settings ("stigmer config set server.port 8080").',
  examples: ["stigmer server restart", "stigmer server restart --port 8080"],
  args: serverArguments,
  async run(flags, terminal) {
    const paths = homePaths();
    const { stopped } = await stopDaemon(paths, { graceMs: GRACE_MS });
    if (!stopped) terminal.talk.info("no server ran");
    await launch(paths, flags, terminal);
  },
});
