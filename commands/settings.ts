import { withoutCredentials } from "../src/schema/llm.ts";
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

/** The value as a list may hold it: no secret, and no login in an address. */
export function listedValue({ value, isSecret }: SettingEntry): unknown {
  if (isSecret) return undefined;
  const isAddress = typeof value === "string" && value.includes("://");
  return isAddress ? withoutCredentials(value) : value;
}

/** The value as people read it. A secret is never shown, only whether it is there. */
export function showSetting(entry: SettingEntry): string {
  if (entry.value === undefined) return "";
  if (entry.isSecret) return "(set, not shown)";
  const value = listedValue(entry);
  return typeof value === "string" ? value : JSON.stringify(value);
}
