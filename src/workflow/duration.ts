import { parseDurationMs } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";
import { isJsonObject, Json, type JsonValue } from "../base/json.ts";
import type { Duration } from "../dsl/duration.ts";
import { ExpressionFailure, fill, type Setting } from "./expression.ts";

const UNITS_MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

/** Milliseconds of a duration of the document, never less than none. */
export function durationMs(duration: Duration, setting: Setting): number {
  return Math.max(0, toMs(fill(Json.parse(duration), setting, "strict")));
}

function toMs(value: JsonValue): number {
  if (typeof value === "string") return parse(value);
  if (!isJsonObject(value)) {
    throw new ExpressionFailure(`${JSON.stringify(value)} is not a duration`);
  }
  const seconds = Object.entries(UNITS_MS).map(([unit, unitMs]) => amount(value[unit]) * unitMs);
  return seconds.reduce((total, ms) => total + ms, amount(value["milliseconds"]));
}

function amount(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

function parse(text: string): number {
  try {
    return parseDurationMs(text);
  } catch (error) {
    throw new ExpressionFailure(messageOf(error), { cause: error });
  }
}
