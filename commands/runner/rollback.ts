import { rollbackRunner } from "../../src/release/choose-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";

export const rollback = command({
  details: "It is checked and tried first, and stays in use until `stigmer runner reset`.",
  examples: ["stigmer runner rollback"],
  async run(_values, terminal) {
    const runner = await rollbackRunner(homePaths(), ownBuild, {
      onProgress: (message) => terminal.talk.info(message),
    });
    if (terminal.isJson) terminal.printJson(runner);
    else
      terminal.print(
        `agent-runner ${runner.version} is used from the next start on: ${runner.path}`,
      );
  },
});
