import { ensureRunner } from "../../src/release/ensure-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";

export const path = command({
  details: "The file is checked first, and put there when it is missing or damaged.",
  examples: ["stigmer runner path", "stigmer runner path --json"],
  async run(_values, terminal) {
    const runner = await ensureRunner(homePaths(), {
      build: ownBuild,
      onProgress: (message) => terminal.talk.info(message),
    });
    if (terminal.isJson) terminal.printJson(runner);
    else terminal.print(runner.path);
  },
});
