import type { JsonValue } from "../../base/json.ts";
import { parseJson } from "../../base/json.ts";
import { raise } from "../raise.ts";

/** Parses JSON text as `fromjson` does: also `nan`, and with jq's messages. */
export function parseJsonText(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return raise(`Invalid JSON (while parsing '${text}')`);
  }
}
