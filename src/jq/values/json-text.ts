import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { sortedKeys } from "./fields.ts";
import { kindOf } from "./kind.ts";
import { numberText } from "./number-text.ts";

/** One level more than a value may have, as jq prints it. */
const PRINT_DEPTH_MAX = 10_001;
/** Beyond this a string would not fit the runtime. */
export const TEXT_LENGTH_MAX = 0x1fff_ffff;
const EXCERPT_BYTES_MAX = 29;

/** JSON text without blanks, keys in their own order, as `tojson` gives it. */
export function toJsonText(value: JsonValue): string {
  return textAt(value, 0);
}

function textAt(value: JsonValue, depth: number): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null) return "null";
  return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
}

function arrayText(items: readonly JsonValue[], depth: number): string {
  if (depth > PRINT_DEPTH_MAX) return '"<skipped: too deep>"';
  let text = "[";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    text += textAt(items[index] ?? null, depth + 1);
    if (text.length > TEXT_LENGTH_MAX) raise("JSON text too long");
  }
  return `${text}]`;
}

function objectText(object: JsonObject, depth: number): string {
  if (depth > PRINT_DEPTH_MAX) return '"<skipped: too deep>"';
  let text = "{";
  for (const key of Object.keys(object)) {
    if (text.length > 1) text += ",";
    text += `${quote(key)}:${textAt(object[key] ?? null, depth + 1)}`;
    if (text.length > TEXT_LENGTH_MAX) raise("JSON text too long");
  }
  return `${text}}`;
}

const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cs}]/u;

/** A JSON string literal. jq also escapes DEL; half a surrogate pair can't be printed and is replaced. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", String.raw`\u007f`);
}

/** The start of a value's text, for error messages; it never walks more of the value than it shows. */
export function excerpt(value: JsonValue): string {
  const text = boundedText(value, EXCERPT_BYTES_MAX + 1);
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= EXCERPT_BYTES_MAX) return text;
  const closer = CLOSERS[kindOf(value)] ?? "";
  const room = EXCERPT_BYTES_MAX - 3 - closer.length;
  const cut = new TextDecoder().decode(bytes.subarray(0, room), { stream: true });
  return `${cut}...${closer}`;
}

const CLOSERS: Readonly<Partial<Record<string, string>>> = { string: '"', array: "]", object: "}" };

/** At least `lengthMin` units of a value's text, or all of it. */
function boundedText(value: JsonValue, lengthMin: number): string {
  if (typeof value === "string") return quote(value.slice(0, lengthMin));
  if (typeof value !== "object" || value === null) return textAt(value, 0);
  if (lengthMin <= 0) return "";
  if (Array.isArray(value)) {
    const items = value.slice(0, lengthMin).map((item) => ["", item] as const);
    return `[${boundedItems(items, lengthMin)}]`;
  }
  const names = Object.keys(value).slice(0, lengthMin);
  const fields = names.map((name) => [`${quote(name)}:`, value[name] ?? null] as const);
  return `{${boundedItems(fields, lengthMin)}}`;
}

function boundedItems(items: readonly (readonly [string, JsonValue])[], lengthMin: number): string {
  let text = "";
  for (const [label, item] of items) {
    if (text.length > lengthMin) break;
    if (text !== "") text += ",";
    text += label;
    text += boundedText(item, lengthMin - text.length);
  }
  return text;
}

/** `kind (excerpt)`, as most of jq's messages name a value. */
export function describe(value: JsonValue): string {
  return `${kindOf(value)} (${excerpt(value)})`;
}

/** JSON text with keys sorted at every level. */
export function sortedCopy(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortedCopy);
  return Object.fromEntries(sortedKeys(value).map((key) => [key, sortedCopy(value[key] ?? null)]));
}
