import type { JsonObject, JsonValue } from "../../base/json.ts";

/** The value of an object's own key, or `undefined`; what every object inherits is not seen. */
export function fieldOf(object: JsonObject, key: string): JsonValue | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  const isInherited = typeof value === "function" || key === "__proto__";
  return isInherited && !Object.hasOwn(object, key) ? undefined : value;
}

/** Sets a key of an object that nobody else holds yet; `__proto__` is a key like any other. */
export function putField(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== "__proto__") {
    object[key] = value;
    return;
  }
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

export function withField(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const copy = { ...object };
  putField(copy, key, value);
  return copy;
}

export function withoutField(object: JsonObject, key: string): JsonObject {
  if (!Object.hasOwn(object, key)) return object;
  const copy = { ...object };
  delete copy[key];
  return copy;
}

/** Keys in the order of their code points, as jq sorts them. */
export function sortedKeys(object: JsonObject): string[] {
  return Object.keys(object).toSorted(compareText);
}

/** Orders by code points, where JavaScript orders by UTF-16 units. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Lifts surrogates above all other units, because they stand for code points beyond them. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
