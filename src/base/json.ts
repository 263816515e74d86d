import { z } from "zod";

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/** Any JSON value. What `JSON.parse` gave is JSON by construction, so nothing is walked again here. */
export const Json = z.custom<JsonValue>((value) => value !== undefined, "a JSON value is missing");

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses text as JSON; throws a `SyntaxError` as `JSON.parse` does. */
export function parseJson(text: string): JsonValue {
  return Json.parse(JSON.parse(text));
}

/** As `parseJson`, for what people send: a number that would come out as `null` is a `RangeError`. */
export function parseFiniteJson(text: string): JsonValue {
  const value = parseJson(text);
  const open = [value];
  // The list grows while it is walked: no depth is too much.
  for (const item of open) {
    if (item === Infinity || item === -Infinity) {
      throw new RangeError(`a number is beyond ${Number.MAX_VALUE}, which JSON can't carry here`);
    }
    if (typeof item !== "object" || item === null) continue;
    for (const child of Object.values(item)) open.push(child);
  }
  return value;
}

/** JSON text with object keys sorted at every level, so that equal values give equal text (RFC 8785 order). */
export function toCanonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: JsonValue) =>
    isJsonObject(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
