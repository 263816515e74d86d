import { rollbackRunner } from "../../src/release/choose-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";
import { tellOfRunningServer } from "./running-server.ts";

export const rollback = command({
  details: "It is checked and tried first, and stays in use until `stigmer runner reset`.",
  examples: ["stigmer runner rollback"],
  async run(_values, terminal) {
    const paths = homePaths();
    const runner = await rollbackRunner(paths, ownBuild, {
      onProgress: (message) => terminal.talk.info(message),
    });
    if (terminal.isJson) return terminal.printJson(runner);
    terminal.print(`agent-runner ${runner.version} is used from now on: ${runner.path}`);
    tellOfRunningServer(paths, terminal);
  },
});
