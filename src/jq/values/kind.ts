import type { JsonObject, JsonValue } from "../../base/json.ts";

export type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";

export function kindOf(value: JsonValue): Kind {
  if (value === null) return "null";
  if (typeof value !== "object") return PRIMITIVES[typeof value] ?? "null";
  return Array.isArray(value) ? "array" : "object";
}

const PRIMITIVES: Readonly<Partial<Record<string, Kind>>> = {
  boolean: "boolean",
  number: "number",
  string: "string",
};

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Everything but `null` and `false` counts as true. */
export function isTruthy(value: JsonValue): boolean {
  return value !== null && value !== false;
}
