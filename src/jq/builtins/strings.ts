import type { JsonValue } from "../../base/json.ts";
import type { Env } from "../env.ts";
import { toText } from "../formats.ts";
import { raise } from "../raise.ts";
import { add } from "../values/arithmetic.ts";
import { describe } from "../values/json-text.ts";
import { isObject } from "../values/kind.ts";
import { parseNumber } from "../values/parse-number.ts";
import { placesInText } from "../values/search.ts";
import { splitText } from "../values/split.ts";
import { utf8Length } from "../values/text.ts";
import { binary, type Natives, unary } from "./native.ts";

/** Builtins for strings, regular expressions apart. */
export const strings: Natives = {
  "tonumber/0": unary(toNumber),
  "toboolean/0": unary(toBoolean),
  "utf8bytelength/0": unary((input) =>
    typeof input === "string"
      ? utf8Length(input)
      : raise(`${describe(input)} only strings have UTF-8 byte length`),
  ),
  "startswith/1": binary((input, part) => hasAffix(affix(input, part, "startswith"), "startsWith")),
  "endswith/1": binary((input, part) => hasAffix(affix(input, part, "endswith"), "endsWith")),
  "ltrimstr/1": binary(trimLeft),
  "rtrimstr/1": binary(trimRight),
  "trimstr/1": binary((input, part) => trimRight(trimLeft(input, part), part)),
  "trim/0": unary((input) => requireTrimmable(input).replace(LEADING, "").replace(TRAILING, "")),
  "ltrim/0": unary((input) => requireTrimmable(input).replace(LEADING, "")),
  "rtrim/0": unary((input) => requireTrimmable(input).replace(TRAILING, "")),
  "ascii_downcase/0": unary((input) =>
    requireText(input).replace(/[A-Z]+/g, (run) => run.toLowerCase()),
  ),
  "ascii_upcase/0": unary((input) =>
    requireText(input).replace(/[a-z]+/g, (run) => run.toUpperCase()),
  ),
  "ascii/0": unary((input) =>
    typeof input === "number"
      ? String.fromCodePoint(input)
      : raise(`${describe(input)} is not a code point`),
  ),
  "explode/0": unary(explode),
  "implode/0": unary(implode),
  "split/1": binary(split),
  "join/1": binary(join),
  "_strindices/1": binary(textIndices),
};

const LEADING = /^[ \t\n\v\f\r]+/;
const TRAILING = /(?<![ \t\n\v\f\r])[ \t\n\v\f\r]+$/;

function requireTrimmable(input: JsonValue): string {
  return typeof input === "string" ? input : raise("trim input must be a string");
}

function requireText(input: JsonValue): string {
  return typeof input === "string" ? input : raise("explode input must be a string");
}

function toNumber(input: JsonValue): JsonValue {
  if (typeof input === "number") return input;
  const number = typeof input === "string" ? parseNumber(input) : undefined;
  return number ?? raise(`${describe(input)} cannot be parsed as a number`);
}

function toBoolean(input: JsonValue): JsonValue {
  if (typeof input === "boolean") return input;
  if (input === "true") return true;
  return input === "false" ? false : raise(`${describe(input)} cannot be parsed as a boolean`);
}

function affix(input: JsonValue, part: JsonValue, name: string): { text: string; part: string } {
  if (typeof input !== "string" || typeof part !== "string")
    return raise(`${name}() requires string inputs`);
  return { text: input, part };
}

function hasAffix(
  { text, part }: { text: string; part: string },
  method: "startsWith" | "endsWith",
): boolean {
  return text[method](part);
}

function trimLeft(input: JsonValue, affixValue: JsonValue): JsonValue {
  const { text, part } = affix(input, affixValue, "startswith");
  return text.startsWith(part) ? text.slice(part.length) : text;
}

function trimRight(input: JsonValue, affixValue: JsonValue): JsonValue {
  const { text, part } = affix(input, affixValue, "endswith");
  return text.endsWith(part) ? text.slice(0, text.length - part.length) : text;
}

function explode(input: JsonValue): JsonValue {
  if (typeof input !== "string") return raise("explode input must be a string");
  return Array.from(input, (letter) => letter.codePointAt(0) ?? 0);
}

function implode(input: JsonValue): JsonValue {
  if (!Array.isArray(input)) return raise("implode input must be an array");
  return input.map(letterOf).join("");
}

function letterOf(point: JsonValue): string {
  if (typeof point !== "number" || Number.isNaN(point)) {
    return raise(`${describe(point)} can't be imploded, unicode codepoint needs to be numeric`);
  }
  const whole = Math.trunc(point);
  const isLetter = whole >= 0 && whole <= 0x10_ffff && (whole < 0xd800 || whole > 0xdfff);
  return isLetter ? String.fromCodePoint(whole) : "\ufffd";
}

function split(input: JsonValue, separator: JsonValue, env: Env): JsonValue {
  if (typeof input !== "string" || typeof separator !== "string") {
    return raise("split input and separator must be strings");
  }
  return splitText(input, separator, env.run);
}

function join(input: JsonValue, separator: JsonValue, env: Env): JsonValue {
  const items = isObject(input) ? Object.values(input) : input;
  if (!Array.isArray(items)) return raise(`Cannot iterate over ${describe(input)}`);
  let text: JsonValue = "";
  for (const [index, item] of items.entries()) {
    if (index > 0) text = add(text, separator, env.run);
    text = add(text, joinable(item), env.run);
  }
  return text;
}

function joinable(item: JsonValue): JsonValue {
  if (item === null) return "";
  return typeof item === "boolean" || typeof item === "number" ? toText(item) : item;
}

function textIndices(input: JsonValue, part: JsonValue, env: Env): JsonValue {
  if (typeof input !== "string")
    return raise(`${describe(input)} cannot be searched, as it is not a string`);
  return typeof part === "string"
    ? placesInText(input, part, env.run)
    : raise(`${describe(part)} is not a string`);
}
