import { type Document, isNode, isScalar, LineCounter, parseDocument } from "yaml";

import { StigmerError, systemCodeOf } from "../base/errors.ts";
import { isJsonObject, Json, type JsonObject } from "../base/json.ts";
import { readSmallFile } from "../base/read-small-file.ts";
import { type InputSource, parseInput } from "../schema/parse-input.ts";
import { Settings } from "./settings.ts";

const SETTINGS_BYTES_MAX = 1024 * 1024;

/** A file of settings as it was written: its values, and the document that keeps its comments. */
export interface SettingsFile {
  readonly values: JsonObject;
  readonly document: Document;
  readonly locate: NonNullable<InputSource["locate"]>;
}

/** Reads and checks a file of settings; one that is missing holds none. */
export function readSettingsFile(file: string): SettingsFile {
  return parseSettings(readText(file), file);
}

/** Parses settings; what is wrong is named by file, line and column. */
export function parseSettings(text: string, file: string): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const positionAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const issues = document.errors.map(({ message, pos }) => ({
    message,
    pointer: "",
    file,
    ...positionAt(pos[0]),
  }));
  if (issues.length > 0) {
    throw new StigmerError("invalid_input", `${file} is not valid YAML`, { issues });
  }
  const value = Json.parse(document.toJS() ?? {});
  const locate: SettingsFile["locate"] = (pointer, part) => {
    const offset = offsetOf(document, pointer.split("/").slice(1), part);
    return offset === undefined ? undefined : positionAt(offset);
  };
  parseInput(Settings, value, {
    what: file,
    hint: "mend the file; `stigmer config get --help` names the settings there are",
    file,
    locate,
  });
  return { values: isJsonObject(value) ? value : {}, document, locate };
}

function readText(file: string): string {
  try {
    return readSmallFile(file, SETTINGS_BYTES_MAX);
  } catch (cause) {
    if (cause instanceof StigmerError) throw cause;
    if (systemCodeOf(cause) === "ENOENT") return "";
    throw new StigmerError("failed", `${file} can't be read`, { cause, hint: "check who owns it" });
  }
}

function offsetOf(
  document: Document,
  path: readonly string[],
  part: "key" | "value" = "value",
): number | undefined {
  if (part === "key") {
    const parent: unknown =
      path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    return keyOffset(parent, path.at(-1));
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyOffset(parent: unknown, name: string | undefined): number | undefined {
  if (typeof parent !== "object" || parent === null || !("items" in parent)) return undefined;
  if (!Array.isArray(parent.items)) return undefined;
  for (const pair of parent.items) {
    const key: unknown = pair?.key;
    if (isScalar(key) && key.value === name) return key.range?.[0];
  }
  return undefined;
}
