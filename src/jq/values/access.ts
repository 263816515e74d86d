import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { fieldOf } from "./fields.ts";
import { describe, excerpt } from "./json-text.ts";
import { kindOf } from "./kind.ts";
import { equal } from "./order.ts";
import { sliceCodePoints } from "./text.ts";

/** `.[key]`: a field, an item, a slice, or the places where a list occurs in a list. */
export function access(value: JsonValue, key: JsonValue): JsonValue {
  if (typeof key === "string") return accessField(value, key);
  if (typeof key === "number" && (value === null || Array.isArray(value))) {
    return value === null ? null : itemAt(value, key);
  }
  if (typeof key !== "object" || key === null) return refuseAccess(value, key);
  if (!Array.isArray(key)) return accessSlice(value, key);
  return Array.isArray(value) ? placesOf(value, key) : refuseAccess(value, key);
}

function accessSlice(value: JsonValue, key: JsonObject): JsonValue {
  if (value === null) return null;
  if (typeof value === "string") return sliceText(value, boundsOf(key));
  return Array.isArray(value) ? sliceArray(value, boundsOf(key)) : refuseAccess(value, key);
}

export function accessField(value: JsonValue, key: string): JsonValue {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return fieldOf(value, key) ?? null;
  return value === null ? null : refuseAccess(value, key);
}

function refuseAccess(value: JsonValue, key: JsonValue): never {
  return raise(`Cannot index ${kindOf(value)} with ${describe(key)}`);
}

function itemAt(items: readonly JsonValue[], index: number): JsonValue {
  const whole = Math.floor(index);
  return items[whole < 0 ? whole + items.length : whole] ?? null;
}

export interface Bounds {
  readonly start: JsonValue;
  readonly end: JsonValue;
}

/** What a slice's object form says: `{"start": …, "end": …}`, each a number or null. */
export function boundsOf(key: JsonObject): Bounds {
  const start = fieldOf(key, "start");
  const end = fieldOf(key, "end");
  if (!isBound(start) || !isBound(end)) {
    return raise("Array/string slice indices must be integers");
  }
  return { start, end };
}

function isBound(bound: JsonValue | undefined): bound is number | null {
  return bound === null || typeof bound === "number";
}

/** `.[from:to]` of an array, a string or null. */
export function slice(value: JsonValue, bounds: Bounds): JsonValue {
  if (value === null) return null;
  if (!Array.isArray(value) && typeof value !== "string") {
    return raise(`Cannot index ${kindOf(value)} with object (${excerpt({ ...bounds })})`);
  }
  boundsOf({ ...bounds });
  return typeof value === "string" ? sliceText(value, bounds) : sliceArray(value, bounds);
}

function sliceArray(items: JsonValue[], bounds: Bounds): JsonValue[] {
  const range = resolveBounds(items.length, bounds);
  return items.slice(range.start, range.end);
}

function sliceText(text: string, bounds: Bounds): string {
  return sliceCodePoints(text, (length) => resolveBounds(length, bounds));
}

/** Bounds counted from the end made absolute, and all brought inside the list. */
export function resolveBounds(length: number, bounds: Bounds): { start: number; end: number } {
  const start = clamp(absolute(bounds.start, 0, length), length);
  const end = clamp(Math.ceil(absolute(bounds.end, length, length)), length);
  const first = Math.floor(start);
  return { start: first, end: Math.max(first, end) };
}

function absolute(bound: JsonValue, missing: number, length: number): number {
  if (typeof bound !== "number" || Number.isNaN(bound)) return missing;
  return bound < 0 ? bound + length : bound;
}

function clamp(bound: number, length: number): number {
  return Math.min(Math.max(bound, 0), length);
}

/** Every index at which `wanted` begins as a part of `items`. */
export function placesOf(items: readonly JsonValue[], wanted: readonly JsonValue[]): JsonValue {
  if (wanted.length === 0) return [];
  const places: number[] = [];
  for (let start = 0; start + wanted.length <= items.length; start += 1) {
    if (wanted.every((item, offset) => equal(items[start + offset] ?? null, item)))
      places.push(start);
  }
  return places;
}
