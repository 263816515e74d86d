import { ensureRunner } from "../../src/release/ensure-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { offlineFlag, releaseEnvironment } from "./environment.ts";
import { ownBuild } from "./own-build.ts";
import { showDownload } from "./show-download.ts";

export const path = command({
  details: "The file is checked first, and put there when it is missing or damaged.",
  examples: ["stigmer runner path", "stigmer runner path --json"],
  args: { offline: offlineFlag },
  async run({ offline }, terminal) {
    const runner = await ensureRunner(homePaths(), {
      build: ownBuild,
      environment: releaseEnvironment(offline),
      onProgress: (message) => terminal.talk.info(message),
      ...showDownload(terminal),
    });
    if (terminal.isJson) terminal.printJson(runner);
    else terminal.print(runner.path);
  },
});
