import { messageOf, StigmerError } from "../../src/base/errors.ts";
import { isJsonObject, type JsonValue, parseFiniteJson } from "../../src/base/json.ts";
import { parseKeyValues } from "../key-value.ts";
import { readText } from "../read-input.ts";

export const inputArgument = {
  type: "string",
  valueHint: "JSON|@FILE|-",
  description: "The input as JSON, from a file, or from standard input",
} as const;

export const fieldArgument = {
  type: "string",
  alias: "i",
  many: true,
  valueHint: "KEY=VALUE",
  description: "One field of the input; a value that is JSON is taken as JSON, any other as text",
} as const;

/** The input of a run from its flags; undefined when none says anything. Fields win over the whole. */
export async function readRunInput(
  whole: string | undefined,
  fields: readonly string[],
): Promise<JsonValue | undefined> {
  const input = whole === undefined ? undefined : await readJson("--input", whole);
  if (fields.length === 0) return input;
  if (input !== undefined && !isJsonObject(input)) {
    throw new StigmerError("usage", '"-i" adds a field to an object, but "--input" is none', {
      hint: "leave one of the two out",
    });
  }
  const added = parseKeyValues("-i", fields).map(([key, text]) => [key, jsonOrText(key, text)]);
  return { ...input, ...Object.fromEntries(added) };
}

/** A value of a flag: JSON itself, `@` and a file of it, or `-` for standard input. */
export async function readJson(word: string, text: string): Promise<JsonValue> {
  const file = text === "-" ? "-" : text.startsWith("@") ? text.slice(1) : undefined;
  const source = file === undefined ? text : await readText(file);
  try {
    return parseFiniteJson(source);
  } catch (cause) {
    const where = file === undefined ? word : file === "-" ? "standard input" : file;
    throw new StigmerError("invalid_input", `${where} is not JSON: ${messageOf(cause)}`, {
      cause,
      hint: `write it like ${word} '{"name": "Ada"}', ${word} @file.json, or ${word} - and pipe it in`,
    });
  }
}

function jsonOrText(key: string, text: string): JsonValue {
  try {
    return parseFiniteJson(text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) return text;
    throw new StigmerError("invalid_input", `-i ${key}: ${messageOf(cause)}`, {
      cause,
      hint: `quote it to send it as text: -i '${key}="${text}"'`,
    });
  }
}
