import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import type { Run } from "../run.ts";
import { putField } from "./fields.ts";
import { describe, TEXT_LENGTH_MAX } from "./json-text.ts";
import { isObject } from "./kind.ts";
import { equal, VALUE_DEPTH_MAX } from "./order.ts";
import { splitText } from "./split.ts";
import { utf8Length } from "./text.ts";

const LARGE_LENGTH = 1_000_000;
/** jq's own limit on the bytes of a repeated string. */
const REPEAT_BYTES_MAX = 0x7fff_ffff;

export function add(left: JsonValue, right: JsonValue, run: Run): JsonValue {
  if (typeof left === "number" && typeof right === "number") return left + right;
  if (left === null) return right;
  if (right === null) return left;
  if (typeof left === "string" && typeof right === "string") return join(left, right, run);
  if (Array.isArray(left) && Array.isArray(right)) {
    run.spend(priceOfCopy(left.length + right.length));
    return left.concat(right);
  }
  if (isObject(left) && isObject(right)) return merge(left, right);
  return refuse(left, right, "added");
}

/** Copying is quick, but what is large must stay dear, as memory is not endless. */
function priceOfCopy(length: number): number {
  return length > LARGE_LENGTH ? length : length / 16;
}

function join(left: string, right: string, run: Run): string {
  const length = left.length + right.length;
  if (length > TEXT_LENGTH_MAX) raise("String concatenation result too long");
  run.spend(length > LARGE_LENGTH ? length / 1024 : 1 / 16);
  return left + right;
}

function merge(left: JsonObject, right: JsonObject): JsonObject {
  const result = { ...left };
  for (const key of Object.keys(right)) putField(result, key, right[key] ?? null);
  return result;
}

export function subtract(left: JsonValue, right: JsonValue, run: Run): JsonValue {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (!Array.isArray(left) || !Array.isArray(right)) return refuse(left, right, "subtracted");
  run.spend((left.length + right.length) / 4);
  if (right.every((item) => typeof item === "string" || typeof item === "number")) {
    const unwanted = new Set<JsonValue>(right.filter((item) => !Number.isNaN(item)));
    return left.filter((item) => !unwanted.has(item));
  }
  run.spend((left.length * right.length) / 16);
  return left.filter((item) => !right.some((unwanted) => equal(item, unwanted)));
}

export function multiply(left: JsonValue, right: JsonValue, run: Run): JsonValue {
  if (typeof left === "number" && typeof right === "number") return left * right;
  if (typeof left === "string" && typeof right === "number") return repeat(left, right, run);
  if (typeof left === "number" && typeof right === "string") return repeat(right, left, run);
  if (isObject(left) && isObject(right)) return mergeDeep(left, right, 0);
  return refuse(left, right, "multiplied");
}

function repeat(text: string, times: number, run: Run): JsonValue {
  if (!(times >= 0)) return null;
  const count = Math.trunc(times);
  if (text === "" || count <= 0) return "";
  if (utf8Length(text) * count > REPEAT_BYTES_MAX || text.length * count > TEXT_LENGTH_MAX) {
    raise("Repeat string result too long");
  }
  run.spend((text.length * count) / 64);
  return text.repeat(count);
}

function mergeDeep(left: JsonObject, right: JsonObject, depth: number): JsonObject {
  if (depth > VALUE_DEPTH_MAX) raise("Object merge too deep");
  const result = { ...left };
  for (const key of Object.keys(right)) {
    const value = right[key] ?? null;
    const old = Object.hasOwn(left, key) ? (left[key] ?? null) : null;
    const merged = isObject(old) && isObject(value) ? mergeDeep(old, value, depth + 1) : value;
    putField(result, key, merged);
  }
  return result;
}

export function divide(left: JsonValue, right: JsonValue, run: Run): JsonValue {
  if (typeof left === "number" && typeof right === "number") {
    if (right === 0) refuse(left, right, "divided because the divisor is zero");
    return left / right;
  }
  if (typeof left === "string" && typeof right === "string") return splitText(left, right, run);
  return refuse(left, right, "divided");
}

export function modulo(left: JsonValue, right: JsonValue): JsonValue {
  if (typeof left !== "number" || typeof right !== "number")
    return refuse(left, right, "divided (remainder)");
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  const whole = Math.trunc(right);
  if (whole !== 0 && Number.isSafeInteger(whole) && Number.isSafeInteger(Math.trunc(left))) {
    return (Math.trunc(left) % Math.abs(whole)) + 0;
  }
  const divisor = toInteger(right);
  if (divisor === 0n) return refuse(left, right, "divided (remainder) because the divisor is zero");
  const dividend = toInteger(left);
  const magnitude = divisor < 0n ? -divisor : divisor;
  return Number(dividend % magnitude) + 0;
}

const INTEGER_MAX = 2n ** 63n - 1n;

/** As C converts a double to a 64-bit integer, with what does not fit brought to the nearest end. */
function toInteger(value: number): bigint {
  if (value >= 2 ** 63) return INTEGER_MAX;
  return value <= -(2 ** 63) ? -INTEGER_MAX - 1n : BigInt(Math.trunc(value));
}

/** Zero stays as it is: jq has no negative zero but what comes out of a computation. */
export function negate(value: JsonValue): JsonValue {
  return typeof value === "number" ? 0 - value : raise(`${describe(value)} cannot be negated`);
}

function refuse(left: JsonValue, right: JsonValue, what: string): never {
  return raise(`${describe(left)} and ${describe(right)} cannot be ${what}`);
}
