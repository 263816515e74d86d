import type { JsonValue } from "../base/json.ts";
import { raise } from "./raise.ts";
import { describe, toJsonText } from "./values/json-text.ts";
import { pay } from "./values/meter.ts";
import { numberText } from "./values/number-text.ts";

type Format = (value: JsonValue) => string;

/** What stands behind each `@name`. */
const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["text", toText],
  ["json", toJsonText],
  ["html", (value) => toText(value).replaceAll(/[<>&'"]/g, (letter) => HTML[letter] ?? letter)],
  ["csv", (value) => row(value, "csv", ",")],
  ["tsv", (value) => row(value, "tsv", "\t")],
  ["sh", (value) => (Array.isArray(value) ? value.map(shellWord).join(" ") : shellWord(value))],
  ["uri", (value) => encodeUri(toText(value))],
  ["urid", (value) => decodeUri(value)],
  ["base64", (value) => new TextEncoder().encode(toText(value).toWellFormed()).toBase64()],
  ["base64d", decodeBase64],
  ["base32", (value) => encodeBase32(new TextEncoder().encode(toText(value).toWellFormed()))],
  ["base32d", decodeBase32],
]);

const HTML: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "'": "&apos;",
  '"': "&quot;",
};

export function isFormat(name: string): boolean {
  return FORMATS.has(name);
}

/** One value through `@name`, as it is put into a string. */
export function formatValue(name: string, value: JsonValue): string {
  const format = FORMATS.get(name);
  if (format === undefined) return raise(`${name} is not a valid format`);
  const text = format(value);
  pay(text.length / 256);
  return text;
}

/** A string as it is, anything else as JSON. */
export function toText(value: JsonValue): string {
  return typeof value === "string" ? value : toJsonText(value);
}

function row(value: JsonValue, format: "csv" | "tsv", separator: string): string {
  if (!Array.isArray(value)) {
    return raise(`${describe(value)} cannot be ${format}-formatted, only array`);
  }
  return value.map((cell) => cellText(cell, format)).join(separator);
}

function cellText(cell: JsonValue, format: "csv" | "tsv"): string {
  if (cell === null) return "";
  if (typeof cell === "number") return numberText(cell);
  if (typeof cell === "boolean") return String(cell);
  if (typeof cell !== "string") return raise(`${describe(cell)} is not valid in a csv row`);
  return format === "csv" ? `"${cell.replaceAll('"', '""')}"` : escapeTsv(cell);
}

const TSV: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

function escapeTsv(text: string): string {
  return text.replaceAll(/[\t\n\r\\]/g, (letter) => TSV[letter] ?? letter);
}

function shellWord(value: JsonValue): string {
  if (typeof value === "object" && value !== null) {
    return raise(`${describe(value)} can not be escaped for shell`);
  }
  if (typeof value !== "string") return toJsonText(value);
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

function encodeUri(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeUri(value: JsonValue): string {
  const text = toText(value);
  if (/%(?![0-9a-fA-F]{2})/.test(text))
    return raise(`${describe(value)} is not a valid uri encoding`);
  const bytes: number[] = [];
  const encoded = new TextEncoder().encode(text.toWellFormed());
  for (let index = 0; index < encoded.length; index += 1) {
    const byte = encoded[index] ?? 0;
    if (byte !== 0x25) {
      bytes.push(byte);
      continue;
    }
    bytes.push(
      Number.parseInt(String.fromCharCode(encoded[index + 1] ?? 0, encoded[index + 2] ?? 0), 16),
    );
    index += 2;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function decodeBase64(value: JsonValue): string {
  const text = toText(value);
  const [body = ""] = text.split("=", 1);
  if (/[^A-Za-z0-9+/]/.test(body)) return raise(`${describe(text)} is not valid base64 data`);
  if (body.length % 4 === 1) return raise(`${describe(text)} trailing base64 byte found`);
  const bytes = Uint8Array.fromBase64(body, { lastChunkHandling: "loose" });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encodeBase32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  let text = "";
  for (let start = 0; start < bits.length; start += 5) {
    text += BASE32.charAt(Number.parseInt(bits.slice(start, start + 5).padEnd(5, "0"), 2));
  }
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

function decodeBase32(value: JsonValue): string {
  const text = toText(value).replace(/=+$/, "");
  let bits = "";
  for (const letter of text) {
    const digit = BASE32.indexOf(letter);
    if (digit < 0) return raise(`${describe(value)} is not valid base32 data`);
    bits += digit.toString(2).padStart(5, "0");
  }
  const bytes: number[] = [];
  for (let start = 0; start + 8 <= bits.length; start += 8) {
    bytes.push(Number.parseInt(bits.slice(start, start + 8), 2));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
