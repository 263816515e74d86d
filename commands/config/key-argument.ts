import type { ArgumentDef } from "../define.ts";
import { settingNames } from "../settings.ts";

export const keyArgument = {
  type: "positional",
  description: `Name of the setting: ${settingNames().join(", ")}`,
  candidates: settingNames,
} as const satisfies ArgumentDef;
