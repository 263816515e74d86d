import { resolve } from "node:path";

import { ensureRunner } from "../../src/release/ensure-runner.ts";
import { exportRunner } from "../../src/release/export-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";
import { showDownload } from "./show-download.ts";

/** `export` alone is a word of the language. */
export const exportCommand = command({
  details:
    "For a machine without network: install it there with `stigmer runner install --from FILE`, or name it in STIGMER_RUNNER_BUNDLE.",
  examples: ["stigmer runner export ./agent-runner"],
  args: { file: { type: "positional", description: "Where to write it" } },
  async run({ file }, terminal) {
    const runner = await ensureRunner(homePaths(), {
      build: ownBuild,
      onProgress: (message) => terminal.talk.info(message),
      ...showDownload(terminal),
    });
    await exportRunner(runner, file);
    const { version, sha256 } = runner;
    if (terminal.isJson) terminal.printJson({ file: resolve(file), version, sha256 });
    else terminal.print(`${resolve(file)}  ${version}  sha256 ${sha256}`);
  },
});
