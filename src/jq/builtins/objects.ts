import type { JsonObject, JsonValue } from "../../base/json.ts";
import { type Code, type Each, one } from "../code.ts";
import { iterate } from "../compile/access.ts";
import { toText } from "../formats.ts";
import { raise } from "../raise.ts";
import { access } from "../values/access.ts";
import { fieldOf, putField, sortedKeys } from "../values/fields.ts";
import { describe } from "../values/json-text.ts";
import { isObject, isTruthy } from "../values/kind.ts";
import { argumentCode, type Call, type Natives, unary } from "./native.ts";

/** Builtins for objects: keys and entries. */
export const objects: Natives = {
  "keys/0": unary((input) => keysOf(input, sortedKeys)),
  "keys_unsorted/0": unary((input) => keysOf(input, Object.keys)),
  "to_entries/0": unary(toEntries),
  "from_entries/0": unary(fromEntries),
  "with_entries/1": { code: withEntries },
  "INDEX/1": { code: (call) => indexRows(iterate, argumentCode(call, 0)) },
  "INDEX/2": { code: (call) => indexRows(argumentCode(call, 0).each, argumentCode(call, 1)) },
};

function keysOf(input: JsonValue, list: (object: JsonObject) => string[]): JsonValue[] {
  if (Array.isArray(input)) return [...input.keys()];
  return isObject(input) ? list(input) : raise(`${describe(input)} has no keys`);
}

function toEntries(input: JsonValue): JsonValue {
  return keysOf(input, Object.keys).map((key) => ({ key, value: access(input, key) }));
}

function fromEntries(input: JsonValue): JsonValue {
  const entries = isObject(input) ? Object.values(input) : input;
  if (!Array.isArray(entries)) return raise(`Cannot iterate over ${describe(input)}`);
  const result: JsonObject = {};
  for (const entry of entries) {
    const key = firstTruthy(entry, ["key", "Key", "name", "Name"]);
    if (typeof key !== "string") raise(`Cannot use ${describe(key)} as object key`);
    putField(result, key, valueOf(entry));
  }
  return result;
}

/** What `.a // .b // …` gives, the last one whatever it is. */
function firstTruthy(entry: JsonValue, names: readonly string[]): JsonValue {
  let value: JsonValue = null;
  for (const name of names) {
    value = access(entry, name);
    if (isTruthy(value)) return value;
  }
  return value;
}

function valueOf(entry: JsonValue): JsonValue {
  if (!isObject(entry)) return raise("Cannot check whether array has a string key");
  return fieldOf(entry, "value") ?? fieldOf(entry, "Value") ?? null;
}

function withEntries(call: Call): Code {
  const code = argumentCode(call, 0);
  return one((input, env) => {
    const entries: JsonValue[] = [];
    for (const key of keysOf(input, Object.keys)) {
      code.each({ key, value: access(input, key) }, env, (entry) => {
        entries.push(entry);
        return false;
      });
    }
    return fromEntries(entries);
  });
}

/** One object of all rows, each under the text of what `key` makes of it. */
function indexRows(rows: Each, key: Code): Code {
  return one((input, env) => {
    const result: JsonObject = {};
    rows(input, env, (row) =>
      key.each(row, env, (value) => {
        putField(result, toText(value), row);
        return false;
      }),
    );
    return result;
  });
}
