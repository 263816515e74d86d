import type { JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { access, boundsOf, resolveBounds } from "./access.ts";
import { withoutField } from "./fields.ts";
import { isObject, kindOf } from "./kind.ts";
import { compare } from "./order.ts";
import { replaceItem, requirePath } from "./update.ts";

/** A copy of `value` without the places that the paths name; the last one goes first, so that indices hold. */
export function deletePaths(value: JsonValue, paths: JsonValue): JsonValue {
  if (!Array.isArray(paths)) return raise("Paths must be specified as an array");
  const ordered = paths.toSorted(compare).reverse();
  let current = value;
  for (const path of ordered) {
    const keys = requireDeletable(path);
    if (keys.length === 0) return null;
    current = deleteAt(current, keys, 0);
  }
  return current;
}

function requireDeletable(path: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(path)) return raise("Path must be specified as an array");
  return requirePath(path);
}

function deleteAt(value: JsonValue, path: readonly JsonValue[], level: number): JsonValue {
  if (value === null) return null;
  const key = path[level] ?? null;
  if (level === path.length - 1) return deleteItem(value, key);
  const item = access(value, key);
  if (item === null) return value;
  const changed = deleteAt(item, path, level + 1);
  return changed === item ? value : replaceItem(value, key, changed);
}

function deleteItem(value: JsonValue, key: JsonValue): JsonValue {
  if (Array.isArray(value)) return deleteFromArray(value, key);
  if (!isObject(value)) return raise(`Cannot delete ${fieldsOf(key)} from ${kindOf(value)}`);
  if (typeof key !== "string") return raise(`Cannot delete ${kindOf(key)} field of object`);
  return withoutField(value, key);
}

function fieldsOf(key: JsonValue): string {
  if (typeof key === "string") return "fields";
  return isObject(key) ? "fields" : "elements";
}

function deleteFromArray(items: JsonValue[], key: JsonValue): JsonValue {
  if (typeof key === "number") {
    const whole = Math.floor(key);
    const index = whole < 0 ? whole + items.length : whole;
    return index >= 0 && index < items.length ? items.toSpliced(index, 1) : items;
  }
  if (!isObject(key)) return raise(`Cannot delete ${kindOf(key)} element of array`);
  const { start, end } = resolveBounds(items.length, boundsOf(key));
  return items.toSpliced(start, end - start);
}
