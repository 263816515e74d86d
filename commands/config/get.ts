import { StigmerError } from "../../src/base/errors.ts";
import { findSettingKey } from "../../src/settings/set-setting.ts";
import { command } from "../define.ts";
import { loadSettings, showSetting } from "../settings.ts";
import { keyArgument } from "./key-argument.ts";

export const get = command({
  details: "Nothing is printed for a setting that is not set and has no default.",
  examples: ["stigmer config get llm.provider"],
  args: {
    key: keyArgument,
  },
  run({ key }, terminal) {
    const { key: name } = findSettingKey(key);
    const entry = loadSettings().entries.find((candidate) => candidate.key === name);
    if (!entry) throw new Error("unreachable: every known key has an entry");
    if (entry.isSecret) throw isSecret(name);
    if (terminal.isJson) terminal.printJson(entry);
    else if (entry.value !== undefined) terminal.print(showSetting(entry));
  },
});

function isSecret(key: string): StigmerError {
  return new StigmerError("not_permitted", `${key} is a secret and is not shown`, {
    hint: '"stigmer config list" tells whether it is set',
  });
}
