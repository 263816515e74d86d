import { bringRunner, readBrought } from "../../src/release/bring-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { offlineFlag, releaseEnvironment } from "./environment.ts";
import { ownBuild } from "./own-build.ts";
import { showDownload } from "./show-download.ts";

export const install = command({
  details:
    "The file must be the one that this build knows by its SHA-256, unless you vouch for another. That one is used until `stigmer runner reset`. STIGMER_DOWNLOAD_STALL=<seconds> changes how long a download waits for the next byte (30).",
  examples: [
    "stigmer runner install --from ./agent-runner-v1.0.0-linux-amd64",
    "stigmer runner install --from https://mirror.example.com/agent-runner-v1.0.0-linux-amd64",
  ],
  args: {
    from: {
      type: "string",
      required: true,
      valueHint: "FILE|URL",
      description: "The file to install; from an address only the one that this build knows",
    },
    allowDigest: {
      type: "string",
      valueHint: "SHA256",
      description: "Trust a file of this digest that the build does not know",
    },
    offline: offlineFlag,
  },
  async run({ from, allowDigest, offline }, terminal) {
    const options = {
      build: ownBuild,
      environment: releaseEnvironment(offline),
      allowedSha256: allowDigest,
      onProgress: (message: string) => terminal.talk.info(message),
      ...showDownload(terminal),
    };
    const paths = homePaths();
    const runner = await bringRunner(paths, await readBrought(paths, from, options), options);
    if (terminal.isJson) terminal.printJson(runner);
    else terminal.print(`agent-runner ${runner.version} is installed: ${runner.path}`);
  },
});
