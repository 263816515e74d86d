import { resetRunner } from "../../src/release/choose-runner.ts";
import { ensureRunner } from "../../src/release/ensure-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";
import { tellOfRunningServer } from "./running-server.ts";
import { showDownload } from "./show-download.ts";

export const reset = command({
  details: "Ends what `make install-agent-runner`, `runner install` or `runner rollback` chose.",
  examples: ["stigmer runner reset"],
  async run(_values, terminal) {
    const paths = homePaths();
    const onProgress = (message: string): void => terminal.talk.info(message);
    const { wasChosen } = await resetRunner(paths, { onProgress });
    const runner = await ensureRunner(paths, {
      build: ownBuild,
      becomesCurrent: true,
      onProgress,
      ...showDownload(terminal),
    });
    if (terminal.isJson) return terminal.printJson({ wasChosen: wasChosen ?? null, runner });
    terminal.print(`agent-runner ${runner.version} of this build is used: ${runner.path}`);
    tellOfRunningServer(paths, terminal);
  },
});
