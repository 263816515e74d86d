import type { JsonObject, JsonValue } from "../../base/json.ts";
import { chain, type Code, collect, constant, many, one, type OneCode } from "../code.ts";
import type { Env } from "../env.ts";
import { formatValue, isFormat, toText } from "../formats.ts";
import { raise } from "../raise.ts";
import type { ObjectEntry, Syntax } from "../syntax.ts";
import { putField } from "../values/fields.ts";
import { describe } from "../values/json-text.ts";
import { inner, type Place } from "./place.ts";

export function compileArray(items: Syntax | undefined, place: Place): Code {
  if (items === undefined) return constant([]);
  const code = place.compiler.code(items, inner(place));
  if (code.kind === "many") return one((input, env) => collect(code, input, env));
  const get = code.get;
  return one((input, env) => {
    const value = get(input, env);
    return value === undefined ? [] : [value];
  });
}

interface Field {
  readonly key: Code;
  readonly value: Code;
}

export function compileObject(entries: readonly ObjectEntry[], place: Place): Code {
  const fields = entries.map((entry): Field => ({
    key: place.compiler.code(entry.key, inner(place)),
    value: place.compiler.code(entry.value, inner(place)),
  }));
  const simple = fields.flatMap(toSimpleField);
  if (simple.length === fields.length) return simpleObject(simple);
  return many((input, env, emit) => {
    const build = (index: number, object: JsonObject): boolean => {
      const field = fields[index];
      if (field === undefined) return emit(object);
      return field.key.each(input, env, (key) => {
        const name = requireKey(key);
        return field.value.each(input, env, (value) => {
          const copy = { ...object };
          putField(copy, name, value);
          return build(index + 1, copy);
        });
      });
    };
    return build(0, {});
  });
}

function requireKey(key: JsonValue): string {
  return typeof key === "string" ? key : raise(`Cannot use ${describe(key)} as object key`);
}

interface SimpleField {
  readonly key: OneCode;
  readonly value: OneCode;
}

function toSimpleField(field: Field): SimpleField[] {
  const { key, value } = field;
  return key.kind === "one" && value.kind === "one" ? [{ key, value }] : [];
}

/** An object of which every part has one value: no backing up, so it can be filled in place. */
function simpleObject(fields: readonly SimpleField[]): Code {
  return one((input: JsonValue, env: Env) => {
    const object: JsonObject = {};
    for (const field of fields) {
      const key = requireKey(field.key.get(input, env));
      putField(object, key, field.value.get(input, env));
    }
    return object;
  });
}

/** A string with interpolations; the last of them is the outermost loop, as in jq. */
export function compileString(syntax: Syntax & { kind: "string" }, place: Place): Code {
  const format = syntax.format;
  const parts = syntax.parts.map((part): string | Code =>
    typeof part === "string"
      ? part
      : chain(place.compiler.code(part, inner(place)), (value) => formatValue(format, value)),
  );
  const codes = parts.filter((part) => typeof part !== "string");
  if (codes.every((code) => code.kind === "one")) return simpleString(parts);
  return many((input, env, emit) => {
    const build = (index: number, tail: string): boolean => {
      const part = parts[index];
      if (part === undefined) return emit(tail);
      if (typeof part === "string") return build(index - 1, part + tail);
      return part.each(input, env, (value) => build(index - 1, toText(value) + tail));
    };
    return build(parts.length - 1, "");
  });
}

function simpleString(parts: readonly (string | Code)[]): Code {
  const steps = parts
    .flatMap((part) =>
      typeof part === "string" ? constant(part) : part.kind === "one" ? part : [],
    )
    .toReversed();
  return one((input, env) => {
    let text = "";
    for (const step of steps) text = toText(step.get(input, env)) + text;
    return text;
  });
}

export function compileFormat(format: string, _place: Place): Code {
  if (!isFormat(format)) return one(() => raise(`${format} is not a valid format`));
  return one((input) => formatValue(format, input));
}
