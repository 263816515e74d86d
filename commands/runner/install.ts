import { bringRunner, readBrought } from "../../src/release/bring-runner.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { ownBuild } from "./own-build.ts";

export const install = command({
  details:
    "The file must be the one that this build knows by its SHA-256, unless you vouch for another. That one is used until `stigmer runner reset`.",
  examples: ["stigmer runner install --from ./agent-runner-v1.0.0-linux-amd64"],
  args: {
    from: { type: "string", required: true, valueHint: "FILE", description: "The file to install" },
    allowDigest: {
      type: "string",
      valueHint: "SHA256",
      description: "Trust a file of this digest that the build does not know",
    },
  },
  async run({ from, allowDigest }, terminal) {
    const runner = await bringRunner(homePaths(), readBrought(from), {
      build: ownBuild,
      allowedSha256: allowDigest,
      onProgress: (message) => terminal.talk.info(message),
    });
    if (terminal.isJson) terminal.printJson(runner);
    else terminal.print(`agent-runner ${runner.version} is installed: ${runner.path}`);
  },
});
