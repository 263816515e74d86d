import { type BrokenTime, isoWeek, toSeconds } from "./calendar.ts";
import { MONTHS, WEEKDAYS } from "./names.ts";

/** The zone that `%z` and `%Z` name. */
export interface Zone {
  readonly offsetSeconds: number;
  readonly name: string;
}

export const UTC: Zone = { offsetSeconds: 0, name: "UTC" };

/** Writes a time by a format of C's `strftime` in the C locale; undefined when the format has an unknown part. */
export function strftime(time: BrokenTime, format: string, zone: Zone): string | undefined {
  let text = "";
  let position = 0;
  while (position < format.length) {
    const letter = format.charAt(position);
    position += 1;
    if (letter !== "%") {
      text += letter;
      continue;
    }
    const modifier = /^[EO](?=.)/.exec(format.slice(position))?.[0] ?? "";
    position += modifier.length;
    const write = PARTS[format.charAt(position)];
    if (write === undefined) return undefined;
    text += write(time, zone);
    position += 1;
  }
  return text;
}

type Write = (time: BrokenTime, zone: Zone) => string;

const PARTS: Readonly<Partial<Record<string, Write>>> = {
  a: ({ weekday }) => WEEKDAYS[weekday]?.slice(0, 3) ?? "-",
  A: ({ weekday }) => WEEKDAYS[weekday] ?? "-",
  b: ({ month }) => MONTHS[month]?.slice(0, 3) ?? "-",
  h: ({ month }) => MONTHS[month]?.slice(0, 3) ?? "-",
  B: ({ month }) => MONTHS[month] ?? "-",
  c: (time, zone) => combined(time, "%a %b %e %H:%M:%S %Y", zone),
  C: ({ year }) => digits(Math.floor(year / 100), 2),
  d: ({ day }) => digits(day, 2),
  D: (time, zone) => combined(time, "%m/%d/%y", zone),
  e: ({ day }) => String(day).padStart(2),
  F: (time, zone) => combined(time, "%Y-%m-%d", zone),
  g: (time) => digits(((isoWeek(time).year % 100) + 100) % 100, 2),
  G: (time) => yearText(isoWeek(time).year),
  H: ({ hour }) => digits(hour, 2),
  I: ({ hour }) => digits(hour % 12 || 12, 2),
  j: ({ yearDay }) => digits(yearDay + 1, 3),
  k: ({ hour }) => String(hour).padStart(2),
  l: ({ hour }) => String(hour % 12 || 12).padStart(2),
  m: ({ month }) => digits(month + 1, 2),
  M: ({ minute }) => digits(minute, 2),
  n: () => "\n",
  p: ({ hour }) => (hour >= 12 ? "PM" : "AM"),
  P: ({ hour }) => (hour >= 12 ? "pm" : "am"),
  r: (time, zone) => combined(time, "%I:%M:%S %p", zone),
  R: (time, zone) => combined(time, "%H:%M", zone),
  s: (time, zone) => String(toSeconds(time) - zone.offsetSeconds),
  S: ({ second }) => digits(second, 2),
  t: () => "\t",
  T: (time, zone) => combined(time, "%H:%M:%S", zone),
  u: ({ weekday }) => String(weekday || 7),
  U: ({ yearDay, weekday }) => digits(Math.floor((yearDay + 7 - weekday) / 7), 2),
  V: (time) => digits(isoWeek(time).week, 2),
  w: ({ weekday }) => String(weekday),
  W: ({ yearDay, weekday }) => digits(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7), 2),
  x: (time, zone) => combined(time, "%m/%d/%y", zone),
  X: (time, zone) => combined(time, "%H:%M:%S", zone),
  y: ({ year }) => digits(Math.abs(year % 100), 2),
  Y: ({ year }) => yearText(year),
  z: (_time, zone) => offsetText(zone.offsetSeconds),
  Z: (_time, zone) => zone.name,
  "%": () => "%",
};

function combined(time: BrokenTime, format: string, zone: Zone): string {
  return strftime(time, format, zone) ?? "";
}

function digits(value: number, width: number): string {
  if (value < 0) return `-${String(-value).padStart(width - 1, "0")}`;
  return String(value).padStart(width, "0");
}

function yearText(year: number): string {
  return year > 9_999 ? `+${year}` : digits(year, 4);
}

function offsetText(offsetSeconds: number): string {
  const minutes = Math.abs(Math.trunc(offsetSeconds / 60));
  const sign = offsetSeconds < 0 ? "-" : "+";
  return sign + digits(Math.floor(minutes / 60), 2) + digits(minutes % 60, 2);
}
