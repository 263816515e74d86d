import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { sortedKeys } from "./fields.ts";
import { kindOf } from "./kind.ts";
import { pay } from "./meter.ts";
import { numberText } from "./number-text.ts";

/** One level more than a value may have, as jq prints it. */
const PRINT_DEPTH_MAX = 10_001;
/** Beyond this a string would not fit the runtime. */
export const TEXT_LENGTH_MAX = 0x1fff_ffff;
const EXCERPT_BYTES_MAX = 29;

/** Text grows twofold each time that it is quoted again, so it has a price. */
const UNITS_PER_FUEL = 256;
/** Deeper values are left to the writer here, which bounds its own depth. */
const NATIVE_DEPTH_MAX = 500;

/**
 * JSON text as jq writes it, keys in their own order; on one line, or with an indent for each level. The runtime's own
 * writer is by far the fastest, and used where it gives the same text.
 */
export function toJsonText(value: JsonValue, indent = ""): string {
  if (isNative(value, 0)) {
    const text = JSON.stringify(value, undefined, indent);
    pay(text.length / UNITS_PER_FUEL);
    if (!UNLIKE_NATIVE.test(text)) return text;
  }
  return textAt(value, { depth: 0, indent, line: indent === "" ? "" : "\n" });
}

/** jq escapes DEL, and half a surrogate pair is replaced where the runtime escapes it. */
const UNLIKE_NATIVE = /\u007f|\\ud/;

/** Whether the runtime writes every number in a value as jq does. */
function isNative(value: JsonValue, depth: number): boolean {
  if (typeof value === "number") return isNativeNumber(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth > NATIVE_DEPTH_MAX) return false;
  pay(1);
  if (Array.isArray(value)) return value.every((item) => isNative(item, depth + 1));
  for (const key in value) if (!isNative(value[key] ?? null, depth + 1)) return false;
  return true;
}

function isNativeNumber(value: number): boolean {
  const size = Math.abs(value);
  return (size < 1e15 && size >= 1e-4) || Object.is(value, 0);
}

interface Layout {
  readonly depth: number;
  readonly indent: string;
  /** What begins a new line of this level; empty when all is on one line. */
  readonly line: string;
}

function textAt(value: JsonValue, layout: Layout): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null) return "null";
  pay(1);
  if (layout.depth > PRINT_DEPTH_MAX) return '"<skipped: too deep>"';
  const { depth, indent, line } = layout;
  const deeper = { depth: depth + 1, indent, line: line + indent };
  return Array.isArray(value)
    ? arrayText(value, layout, deeper)
    : objectText(value, layout, deeper);
}

function arrayText(items: readonly JsonValue[], layout: Layout, deeper: Layout): string {
  if (items.length === 0) return "[]";
  let text = "";
  for (const item of items) {
    text += `${text === "" ? "[" : ","}${deeper.line}${textAt(item, deeper)}`;
    if (text.length > TEXT_LENGTH_MAX) raise("JSON text too long");
  }
  return `${text}${layout.line}]`;
}

function objectText(object: JsonObject, layout: Layout, deeper: Layout): string {
  const colon = layout.line === "" ? ":" : ": ";
  let text = "";
  for (const key of Object.keys(object)) {
    const start = text === "" ? "{" : ",";
    text += `${start}${deeper.line}${quote(key)}${colon}${textAt(object[key] ?? null, deeper)}`;
    if (text.length > TEXT_LENGTH_MAX) raise("JSON text too long");
  }
  return text === "" ? "{}" : `${text}${layout.line}}`;
}

/** A JSON string literal. */
export function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", String.raw`\u007f`);
}

const ONE_LINE: Layout = { depth: 0, indent: "", line: "" };

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
  if (typeof value !== "object" || value === null) return textAt(value, ONE_LINE);
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
    text += boundedText(item, lengthMin - text.length - 1);
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
