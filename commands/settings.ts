import {
  type LoadedSettings,
  readSettings,
  type SettingEntry,
} from "../src/settings/read-settings.ts";
import { settingKeys } from "../src/settings/settings.ts";
import { homePaths } from "./home.ts";

/** The settings in force here: of this home, this environment and this folder. */
export function loadSettings(): LoadedSettings {
  return readSettings({
    paths: homePaths(),
    environment: process.env,
    projectFolder: process.cwd(),
  });
}

export function settingNames(): string[] {
  return settingKeys.map(({ key }) => key);
}

/** The value as people read it. A secret is never shown, only whether it is there. */
export function showSetting({ value, isSecret }: SettingEntry): string {
  if (value === undefined) return "";
  if (isSecret) return "(set, not shown)";
  return typeof value === "string" ? value : JSON.stringify(value);
}
