import { join } from "node:path";

import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Paths } from "../base/paths.ts";
import { inputError, parseInput } from "../schema/parse-input.ts";
import { checkSetting } from "./check-setting.ts";
import { readSettingsFile } from "./settings-file.ts";
import { type SettingKey, settingKeys, Settings } from "./settings.ts";

export const PROJECT_FILE = "stigmer.yaml";
/** By which the command that starts a server, which lives elsewhere, tells it whose `stigmer.yaml` counts. */
export const PROJECT_FOLDER_VARIABLE = "STIGMER_PROJECT_FOLDER";

/** Who set a value, the strongest last. */
export type OriginKind = "default" | "config" | "project" | "environment" | "flag";

export interface SettingEntry {
  readonly key: string;
  /** Undefined when it is not set and has no default. */
  readonly value: JsonValue | undefined;
  readonly origin: OriginKind;
  /** The file, variable or flag that set it. */
  readonly from: string | undefined;
  readonly isSecret: boolean;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Each setting with its origin, in a fixed order. */
  readonly entries: readonly SettingEntry[];
}

export interface SettingsSources {
  readonly paths: Paths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values of flags by the key of the setting, such as `{"server.port": "7300"}`. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** The folder whose `stigmer.yaml` counts. */
  readonly projectFolder?: string | undefined;
}

/** The settings in force: flag, variable, project, `config.yaml`, default. */
export function readSettings(sources: SettingsSources): LoadedSettings {
  const layers = readLayers(sources);
  const chosen = settingKeys.map((setting) => ({ setting, found: find(layers, setting) }));
  const values: JsonObject = {};
  for (const { setting, found } of chosen) {
    if (found) assign(values, setting.path, found.value);
  }
  const settings = parseInput(Settings, values, { what: "a setting" });
  return {
    settings,
    entries: chosen.map(({ setting, found }) => ({
      key: setting.key,
      value: found ? found.value : valueAt(toJson(settings), setting.path),
      origin: found?.origin ?? "default",
      from: found?.from,
      isSecret: setting.isSecret,
    })),
  };
}

interface Found {
  readonly value: JsonValue;
  readonly origin: OriginKind;
  readonly from: string;
}
type Layer = (setting: SettingKey) => Found | undefined;

/** Strongest first. Files are checked whole; variables and flags one by one, so that each is named when it is bad. */
function readLayers({ paths, environment, flags = {}, projectFolder }: SettingsSources): Layer[] {
  const layers = [
    textLayer("flag", ({ key }) => ({ from: flagOf(key), text: flags[key] })),
    textLayer("environment", ({ variable }) => ({ from: variable, text: environment[variable] })),
  ];
  if (projectFolder !== undefined) layers.push(projectLayer(join(projectFolder, PROJECT_FILE)));
  return [...layers, fileLayer("config", paths.config)];
}

function fileLayer(origin: OriginKind, file: string): Layer {
  return valuesLayer(origin, file, readSettingsFile(file).values);
}

/** What a project may not set is refused rather than passed over: whoever wrote it there counts on it. */
function projectLayer(file: string): Layer {
  const { values, locate } = readSettingsFile(file);
  const refused = settingKeys.filter(
    ({ isForProject, path }) => !isForProject && valueAt(values, path) !== undefined,
  );
  const [first] = refused;
  if (!first) return valuesLayer("project", file, values);
  const hint = `set it for yourself: \`stigmer config set ${first.key} <value>\`, or the variable ${first.variable}`;
  throw inputError(
    { what: file, file, locate, hint },
    refused.map(({ key, path }) => ({
      message: `a project may not set ${key}`,
      pointer: `/${path.join("/")}`,
    })),
  );
}

function valuesLayer(origin: OriginKind, file: string, values: JsonObject): Layer {
  return ({ path }) => {
    const value = valueAt(values, path);
    return value === undefined ? undefined : { value, origin, from: file };
  };
}

function textLayer(
  origin: OriginKind,
  read: (setting: SettingKey) => { from: string; text: string | undefined },
): Layer {
  return (setting) => {
    const { from, text } = read(setting);
    if (text === undefined || text === "") return undefined;
    const value = setting.fromText(text);
    checkSetting(setting, value, from);
    return { value, origin, from };
  };
}

function find(layers: readonly Layer[], setting: SettingKey): Found | undefined {
  for (const layer of layers) {
    const found = layer(setting);
    if (found) return found;
  }
  return undefined;
}

/** `server.port` is `--port`, `llm.baseUrl` is `--llm-base-url`. */
function flagOf(key: string): string {
  const words = key.replace(/^server\./, "").replaceAll(".", "-");
  return `--${words.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function valueAt(values: JsonValue, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (value, key) => (isJsonObject(value) ? value[key] : undefined),
    values,
  );
}

function assign(root: JsonObject, path: readonly string[], value: JsonValue): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    root[key] = value;
    return;
  }
  const child = root[key];
  const inner = isJsonObject(child) ? child : {};
  root[key] = inner;
  assign(inner, rest, value);
}

function toJson(settings: Settings): JsonObject {
  const { server, llm, logLevel } = settings;
  const set = Object.entries(llm).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { server, llm: Object.fromEntries(set), logLevel };
}
