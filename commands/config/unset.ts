import { unsetSetting } from "../../src/settings/set-setting.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { loadSettings, showSetting } from "../settings.ts";
import { keyArgument } from "./key-argument.ts";

export const unset = command({
  details:
    "What another place sets, or the default, counts from then on. A running server takes it up when it is restarted.",
  examples: ["stigmer config unset llm.model"],
  args: {
    key: keyArgument,
  },
  run({ key }, terminal) {
    const paths = homePaths();
    const wasSet = unsetSetting(paths, key);
    if (terminal.isJson) return terminal.printJson({ key, file: paths.config, wasSet });
    terminal.print(`${key} ${wasSet ? "taken out of" : "was not set in"} ${paths.config}`);
    const inForce = loadSettings().entries.find((entry) => entry.key === key);
    if (inForce?.value === undefined) return;
    terminal.talk.info(`${key} is ${showSetting(inForce)} now (${inForce.from ?? inForce.origin})`);
  },
});
