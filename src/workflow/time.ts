import type { JsonObject } from "../base/json.ts";

const DAY_MS = 86_400_000;

/** A point of time as expressions see it. Done by arithmetic: this folder has no clock and no `Date`. */
export function describeTime(timeMs: number): JsonObject {
  return {
    iso8601: toIso8601(timeMs),
    epoch: { seconds: Math.floor(timeMs / 1_000), milliseconds: timeMs },
  };
}

export function toIso8601(timeMs: number): string {
  const days = Math.floor(timeMs / DAY_MS);
  const rest = timeMs - days * DAY_MS;
  const { year, month, day } = civilFromDays(days);
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor(rest / 60_000) % 60;
  const seconds = Math.floor(rest / 1_000) % 60;
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const clock = `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}`;
  return `${date}T${clock}.${digits(Math.floor(rest % 1_000), 3)}Z`;
}

/** The Gregorian date of a day counted from 1970-01-01, with years that begin in March so that leap days come last. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
