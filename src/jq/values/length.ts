import type { JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { describe } from "./json-text.ts";
import { isObject } from "./kind.ts";
import { codePointLength } from "./text.ts";

/** What `length` says: code points, items, keys, the size of a number, 0 for null. */
export function lengthOf(value: JsonValue): JsonValue {
  if (value === null) return 0;
  if (typeof value === "string") return codePointLength(value);
  if (typeof value === "number") return Math.abs(value);
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : raise(`${describe(value)} has no length`);
}
