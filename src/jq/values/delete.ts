import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { access, boundsOf, resolveBounds } from "./access.ts";
import { isObject, kindOf } from "./kind.ts";
import { compare, equal } from "./order.ts";
import { replaceItem, requirePath } from "./update.ts";

type Path = readonly JsonValue[];

/** A copy of `value` without the places that the paths name, all of them counted in the value as it was. */
export function deletePaths(value: JsonValue, paths: JsonValue): JsonValue {
  if (!Array.isArray(paths)) return raise("Paths must be specified as an array");
  const sorted = paths.toSorted(compare).map(requireDeletable);
  if (sorted.length === 0) return value;
  return sorted[0]?.length === 0 ? null : deleteSorted(value, sorted, 0);
}

function requireDeletable(path: JsonValue): Path {
  return Array.isArray(path)
    ? requirePath(path)
    : raise(`Path must be specified as array, not ${kindOf(path)}`);
}

/** Deletes at and below one level. Paths that begin with the same key stand side by side. */
function deleteSorted(value: JsonValue, paths: readonly Path[], level: number): JsonValue {
  const unwanted: JsonValue[] = [];
  let changed = value;
  let index = 0;
  while (index < paths.length) {
    const first = paths[index];
    const key = first?.[level] ?? null;
    let end = index + 1;
    while (end < paths.length && equal(paths[end]?.[level] ?? null, key)) end += 1;
    if (first?.length === level + 1) unwanted.push(key);
    else changed = deleteBelow(changed, key, { paths: paths.slice(index, end), level });
    index = end;
  }
  return unwanted.length === 0 ? changed : deleteKeys(changed, unwanted);
}

function deleteBelow(
  value: JsonValue,
  key: JsonValue,
  inside: { readonly paths: readonly Path[]; readonly level: number },
): JsonValue {
  const item = access(value, key);
  if (item === null) return value;
  return replaceItem(value, key, deleteSorted(item, inside.paths, inside.level + 1));
}

/** A copy of a value without some of its keys. */
export function deleteKeys(value: JsonValue, keys: readonly JsonValue[]): JsonValue {
  if (value === null) return null;
  if (Array.isArray(value)) return deleteItems(value, keys);
  if (isObject(value)) return deleteFields(value, keys);
  return raise(`Cannot delete fields from ${kindOf(value)}`);
}

function deleteFields(object: JsonObject, keys: readonly JsonValue[]): JsonObject {
  const copy = { ...object };
  for (const key of keys) {
    if (typeof key !== "string") return raise(`Cannot delete ${kindOf(key)} field of object`);
    if (Object.hasOwn(copy, key)) delete copy[key];
  }
  return copy;
}

function deleteItems(items: JsonValue[], keys: readonly JsonValue[]): JsonValue[] {
  const isUnwanted = new Uint8Array(items.length);
  for (const key of keys) {
    if (typeof key === "number") {
      const whole = Math.floor(key);
      const index = whole < 0 ? whole + items.length : whole;
      if (index >= 0 && index < items.length) isUnwanted[index] = 1;
    } else if (isObject(key)) {
      const { start, end } = resolveBounds(items.length, boundsOf(key));
      isUnwanted.fill(1, start, end);
    } else {
      return raise(`Cannot delete ${kindOf(key)} element of array`);
    }
  }
  return items.filter((_, index) => isUnwanted[index] === 0);
}
