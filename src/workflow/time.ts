import type { JsonObject } from "../base/json.ts";
import { fromSeconds } from "../jq/dates/calendar.ts";

/** A point of time as expressions see it. Done by arithmetic: this folder has no clock and no `Date`. */
export function describeTime(timeMs: number): JsonObject {
  return {
    iso8601: toIso8601(timeMs),
    epoch: { seconds: Math.floor(timeMs / 1_000), milliseconds: timeMs },
  };
}

export function toIso8601(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1_000);
  const { year, month, day, hour, minute, second } = fromSeconds(seconds);
  const date = `${digits(year, 4)}-${digits(month + 1, 2)}-${digits(day, 2)}`;
  const clock = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`;
  return `${date}T${clock}.${digits(Math.floor(timeMs - seconds * 1_000), 3)}Z`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
