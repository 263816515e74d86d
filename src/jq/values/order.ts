import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { compareText, sortedKeys } from "./fields.ts";
import { kindOf } from "./kind.ts";
import { pay } from "./meter.ts";

/** Values nest at most this deep wherever one is walked by recursion. */
export const VALUE_DEPTH_MAX = 10_000;

const RANKS = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 } as const;

/** jq's order over all values: null, false, true, numbers, strings, arrays, objects. */
export function compare(left: JsonValue, right: JsonValue): number {
  if (typeof left === "number" && typeof right === "number") return compareNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  return compareAt(left, right, 0);
}

function compareAt(left: JsonValue, right: JsonValue, depth: number): number {
  if (typeof left === "object" && left !== null && typeof right === "object" && right !== null) {
    if (depth > VALUE_DEPTH_MAX) raise("Comparison too deep");
    return compareContainers(left, right, depth);
  }
  if (typeof left === "number" && typeof right === "number") return compareNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  return rankOf(left) - rankOf(right);
}

function compareContainers(
  left: JsonValue[] | JsonObject,
  right: JsonValue[] | JsonObject,
  depth: number,
): number {
  if (Array.isArray(left)) return Array.isArray(right) ? compareArrays(left, right, depth) : -1;
  return Array.isArray(right) ? 1 : compareObjects(left, right, depth);
}

function rankOf(value: JsonValue): number {
  return value === true ? 2 : RANKS[kindOf(value)];
}

/** A number that is none stands below every number, even below itself. */
export function compareNumbers(left: number, right: number): number {
  if (left < right) return -1;
  if (left === right) return 0;
  return Number.isNaN(left) ? -1 : 1;
}

function compareArrays(left: JsonValue[], right: JsonValue[], depth: number): number {
  const length = Math.min(left.length, right.length);
  pay(1);
  for (let index = 0; index < length; index += 1) {
    const order = compareAt(left[index] ?? null, right[index] ?? null, depth + 1);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** First the sorted keys as lists, then the values key by key. */
function compareObjects(left: JsonObject, right: JsonObject, depth: number): number {
  pay(1);
  const leftKeys = sortedKeys(left);
  const rightKeys = sortedKeys(right);
  const length = Math.min(leftKeys.length, rightKeys.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareText(leftKeys[index] ?? "", rightKeys[index] ?? "");
    if (order !== 0) return order;
  }
  if (leftKeys.length !== rightKeys.length) return leftKeys.length - rightKeys.length;
  for (const key of leftKeys) {
    const order = compareAt(left[key] ?? null, right[key] ?? null, depth + 1);
    if (order !== 0) return order;
  }
  return 0;
}

export function equal(left: JsonValue, right: JsonValue): boolean {
  return left === right || (typeof left === "object" && equalAt(left, right, 0));
}

function equalAt(left: JsonValue, right: JsonValue, depth: number): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return false;
  }
  if (depth > VALUE_DEPTH_MAX) raise("Equality check too deep");
  pay(1);
  if (Array.isArray(left)) return Array.isArray(right) && equalArrays(left, right, depth);
  return !Array.isArray(right) && equalObjects(left, right, depth);
}

function equalArrays(left: JsonValue[], right: JsonValue[], depth: number): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (!equalAt(left[index] ?? null, right[index] ?? null, depth + 1)) return false;
  }
  return true;
}

function equalObjects(left: JsonObject, right: JsonObject, depth: number): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    if (!equalAt(left[key] ?? null, right[key] ?? null, depth + 1)) return false;
  }
  return true;
}

/** A sorted copy; equal values keep their order. */
export function sorted(values: readonly JsonValue[]): JsonValue[] {
  return values.toSorted(compare);
}
