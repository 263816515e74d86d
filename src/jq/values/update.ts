import type { JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { access, type Bounds, boundsOf, resolveBounds } from "./access.ts";
import { withField } from "./fields.ts";
import { describe } from "./json-text.ts";
import { isObject, kindOf } from "./kind.ts";
import { pay } from "./meter.ts";

/** Longer than any path into a value that may exist. */
export const PATH_LENGTH_MAX = 10_000;
const ARRAY_LENGTH_MAX = 0x1fff_ffff;

/** The value at a path; null where the path leads out of the value. */
export function getPath(value: JsonValue, path: JsonValue): JsonValue {
  let current = value;
  for (const key of requirePath(path)) current = access(current, key);
  return current;
}

export function requirePath(path: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(path)) return raise("Path must be specified as an array");
  if (path.length > PATH_LENGTH_MAX) raise("Path too deep");
  return path;
}

/** A copy of `value` with one place replaced; what is on the way and missing is made. */
export function setPath(value: JsonValue, path: JsonValue, replacement: JsonValue): JsonValue {
  return replaceAt(value, requirePath(path), replacement);
}

function replaceAt(
  value: JsonValue,
  path: readonly JsonValue[],
  replacement: JsonValue,
): JsonValue {
  const holders: JsonValue[] = [];
  let current = value;
  for (const key of path) {
    if (Array.isArray(key) && Array.isArray(current)) return refuseReplace(current, key);
    holders.push(current);
    const item = access(current, key);
    requireInside(current, key);
    current = item;
  }
  let changed = replacement;
  for (let level = path.length - 1; level >= 0; level -= 1) {
    changed = replaceItem(holders[level] ?? null, path[level] ?? null, changed);
  }
  return changed;
}

/** A place before the first item can't be made; that shows before anything further down the path does. */
function requireInside(holder: JsonValue, key: JsonValue): void {
  const length = Array.isArray(holder) ? holder.length : 0;
  if (typeof key === "number" && Math.floor(key) + length < 0) {
    raise("Out of bounds negative array index");
  }
}

/** A copy of `holder` with one key replaced. */
export function replaceItem(holder: JsonValue, key: JsonValue, item: JsonValue): JsonValue {
  if (typeof key === "string" && (holder === null || isObject(holder))) {
    return withField(holder ?? {}, key, item);
  }
  if (holder !== null && !Array.isArray(holder)) return refuseReplace(holder, key);
  if (typeof key === "number") return withItem(holder ?? [], key, item);
  return isObject(key) ? withSlice(holder ?? [], boundsOf(key), item) : refuseReplace(holder, key);
}

function refuseReplace(holder: JsonValue, key: JsonValue): never {
  if (isObject(key) && typeof holder === "string") return raise("Cannot update string slices");
  if (isObject(key)) return raise(`Cannot update field at object index of ${kindOf(holder)}`);
  if (Array.isArray(key) && Array.isArray(holder)) {
    return raise("Cannot update field at array index of array");
  }
  return raise(`Cannot index ${kindOf(holder)} with ${describe(key)}`);
}

export function withItem(items: readonly JsonValue[], index: number, item: JsonValue): JsonValue[] {
  const whole = Math.floor(index);
  const place = whole < 0 ? whole + items.length : whole;
  if (place < 0) raise("Out of bounds negative array index");
  if (place > ARRAY_LENGTH_MAX) raise("Array index too large");
  const copy = items.slice();
  if (place > copy.length) pay((place - copy.length) / 8);
  while (copy.length < place) copy.push(null);
  copy[place] = item;
  return copy;
}

export function withSlice(
  items: readonly JsonValue[],
  bounds: Bounds,
  part: JsonValue,
): JsonValue[] {
  if (!Array.isArray(part)) return raise("A slice of an array can only be assigned another array");
  const { start, end } = resolveBounds(items.length, bounds);
  return [...items.slice(0, start), ...part, ...items.slice(end)];
}
