import { setSetting } from "../../src/settings/set-setting.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { readText } from "../read-input.ts";
import { loadSettings } from "../settings.ts";
import { keyArgument } from "./key-argument.ts";

export const set = command({
  details:
    "It is written to config.yaml in the home. A running server takes it up when it is restarted.",
  examples: ["stigmer config set llm.provider ollama", "stigmer config set llm.apiKey - < key.txt"],
  args: {
    key: keyArgument,
    value: {
      type: "positional",
      description:
        'Its value; "-" reads it from standard input, so that a secret stays out of the history',
    },
  },
  async run({ key, value }, terminal) {
    const paths = homePaths();
    setSetting(paths, key, value === "-" ? (await readText("-")).trim() : value);
    const inForce = loadSettings().entries.find((entry) => entry.key === key);
    if (inForce && inForce.origin !== "config") {
      terminal.talk.warn(`${inForce.from} sets ${key} too, and wins`);
    }
    if (terminal.isJson) terminal.printJson({ key, file: paths.config });
    else terminal.print(`${key} set in ${paths.config}`);
  },
});
