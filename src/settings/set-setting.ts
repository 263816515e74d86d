import { mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

import { type Document, isMap } from "yaml";

import { replaceDurably } from "../base/durable-file.ts";
import { StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { suggest } from "../base/suggest.ts";
import { checkSetting } from "./check-setting.ts";
import { readSettingsFile } from "./settings-file.ts";
import { type SettingKey, settingKeys } from "./settings.ts";

/** The setting of that name; an unknown one is refused with the nearest. */
export function findSettingKey(key: string): SettingKey {
  const found = settingKeys.find((setting) => setting.key === key);
  if (found) return found;
  const keys = settingKeys.map((setting) => setting.key);
  const near = suggest(key, keys);
  throw new StigmerError("usage", `there is no setting "${key}"`, {
    hint: near ? `did you mean "${near}"?` : `the settings are ${keys.join(", ")}`,
  });
}

/** Writes one setting into `config.yaml` in one step, keeping its comments; the file is for its owner alone. */
export function setSetting(paths: Paths, key: string, text: string): void {
  const setting = findSettingKey(key);
  const value = setting.fromText(text);
  checkSetting(setting, value, `the value of ${key}`);
  const { document } = readSettingsFile(paths.config);
  document.setIn(setting.path, value);
  mkdirSync(dirname(paths.config), { recursive: true, mode: 0o700 });
  replaceFile(paths.config, document.toString());
}

/** Takes one setting out of `config.yaml`, with the groups that it leaves empty; answers whether it was there. */
export function unsetSetting(paths: Paths, key: string): boolean {
  const { path } = findSettingKey(key);
  const { document } = readSettingsFile(paths.config);
  if (!document.hasIn(path)) return false;
  document.deleteIn(path);
  for (let end = path.length - 1; end > 0; end -= 1) {
    const parent: unknown = document.getIn(path.slice(0, end));
    if (!isMap(parent) || parent.items.length > 0) break;
    document.deleteIn(path.slice(0, end));
  }
  replaceFile(paths.config, isEmpty(document) ? "" : document.toString());
  return true;
}

/** A map without fields would be written as `{}`. */
function isEmpty({ contents, comment, commentBefore }: Document): boolean {
  if (!isMap(contents) || contents.items.length > 0) return false;
  return !comment && !commentBefore && !contents.comment && !contents.commentBefore;
}

function replaceFile(path: string, text: string): void {
  try {
    replaceDurably(throughLink(path), text, 0o600);
  } catch (cause) {
    throw new StigmerError("failed", `${path} can't be written`, { cause });
  }
}

/** Who keeps settings in a repository of dot files has a link here: the file behind it is replaced, not the link. */
function throughLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
