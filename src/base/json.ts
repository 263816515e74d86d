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

/** JSON text with object keys sorted at every level, so that equal values give equal text (RFC 8785 order). */
export function toCanonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: JsonValue) =>
    isJsonObject(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
