import { type BrokenTime, fromSeconds, toSeconds } from "./calendar.ts";
import { MONTHS, WEEKDAYS } from "./names.ts";

export interface ParsedTime {
  readonly time: BrokenTime;
  /** What stands behind the part that the format took in. */
  readonly rest: string;
}

/** What has been read so far; `century` and `yearOfCentury` come together at the end. */
interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  isAfternoon: boolean | undefined;
  century: number | undefined;
  yearOfCentury: number | undefined;
  yearDay: number | undefined;
  epoch: number | undefined;
}

interface Scanner {
  readonly text: string;
  position: number;
  readonly fields: Fields;
}

/** Reads a time by a format of C's `strptime`; undefined when the text does not fit. */
export function strptime(text: string, format: string): ParsedTime | undefined {
  const scanner: Scanner = { text, position: 0, fields: startFields() };
  if (!readFormat(scanner, format)) return undefined;
  return { time: finish(scanner.fields), rest: text.slice(scanner.position) };
}

function startFields(): Fields {
  return {
    year: 1970,
    month: 0,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    isAfternoon: undefined,
    century: undefined,
    yearOfCentury: undefined,
    yearDay: undefined,
    epoch: undefined,
  };
}

function readFormat(scanner: Scanner, format: string): boolean {
  let position = 0;
  while (position < format.length) {
    const letter = format.charAt(position);
    position += 1;
    if (/\s/.test(letter)) {
      skipBlank(scanner);
    } else if (letter !== "%") {
      if (!skipText(scanner, letter)) return false;
    } else {
      if (/^[EO]/.test(format.slice(position))) position += 1;
      const read = PARTS[format.charAt(position)];
      position += 1;
      if (read === undefined || !read(scanner)) return false;
    }
  }
  return true;
}

type Read = (scanner: Scanner) => boolean;

const PARTS: Readonly<Partial<Record<string, Read>>> = {
  a: readWeekday,
  A: readWeekday,
  b: readMonth,
  B: readMonth,
  h: readMonth,
  c: (scanner) => readFormat(scanner, "%a %b %e %T %Y"),
  C: number(2, 0, 99, (fields, value) => (fields.century = value)),
  d: number(2, 1, 31, (fields, value) => (fields.day = value)),
  e: number(2, 1, 31, (fields, value) => (fields.day = value)),
  D: (scanner) => readFormat(scanner, "%m/%d/%y"),
  F: (scanner) => readFormat(scanner, "%Y-%m-%d"),
  H: number(2, 0, 23, (fields, value) => (fields.hour = value)),
  k: number(2, 0, 23, (fields, value) => (fields.hour = value)),
  I: number(2, 1, 12, (fields, value) => (fields.hour = value)),
  l: number(2, 1, 12, (fields, value) => (fields.hour = value)),
  j: number(3, 1, 366, (fields, value) => (fields.yearDay = value - 1)),
  m: number(2, 1, 12, (fields, value) => (fields.month = value - 1)),
  M: number(2, 0, 59, (fields, value) => (fields.minute = value)),
  n: skipBlank,
  t: skipBlank,
  p: readHalf,
  P: readHalf,
  r: (scanner) => readFormat(scanner, "%I:%M:%S %p"),
  R: (scanner) => readFormat(scanner, "%H:%M"),
  s: number(20, 0, Number.MAX_SAFE_INTEGER, (fields, value) => (fields.epoch = value)),
  S: number(2, 0, 60, (fields, value) => (fields.second = value)),
  T: (scanner) => readFormat(scanner, "%H:%M:%S"),
  u: number(1, 1, 7, () => undefined),
  U: number(2, 0, 53, () => undefined),
  w: number(1, 0, 6, () => undefined),
  W: number(2, 0, 53, () => undefined),
  x: (scanner) => readFormat(scanner, "%m/%d/%y"),
  X: (scanner) => readFormat(scanner, "%H:%M:%S"),
  y: number(2, 0, 99, (fields, value) => (fields.yearOfCentury = value)),
  Y: number(4, 0, 9_999, (fields, value) => (fields.year = value)),
  z: readOffset,
  Z: readZoneName,
  "%": (scanner) => skipText(scanner, "%"),
};

function number(
  width: number,
  min: number,
  max: number,
  store: (fields: Fields, value: number) => unknown,
): Read {
  const pattern = new RegExp(`^\\d{1,${width}}`);
  return (scanner) => {
    const digits = pattern.exec(
      scanner.text.slice(scanner.position, scanner.position + width),
    )?.[0];
    const value = Number(digits);
    if (digits === undefined || value < min || value > max) return false;
    scanner.position += digits.length;
    store(scanner.fields, value);
    return true;
  };
}

function skipBlank(scanner: Scanner): boolean {
  while (/\s/.test(scanner.text.charAt(scanner.position))) scanner.position += 1;
  return true;
}

function skipText(scanner: Scanner, text: string): boolean {
  if (!scanner.text.startsWith(text, scanner.position)) return false;
  scanner.position += text.length;
  return true;
}

/** A name in full or its first three letters, in any case. */
function readName(scanner: Scanner, names: readonly string[]): number {
  const rest = scanner.text.slice(scanner.position, scanner.position + 10).toLowerCase();
  for (const length of [Number.POSITIVE_INFINITY, 3]) {
    const index = names.findIndex((name) => rest.startsWith(name.slice(0, length).toLowerCase()));
    if (index < 0) continue;
    scanner.position += Math.min(length, names[index]?.length ?? 0);
    return index;
  }
  return -1;
}

function readWeekday(scanner: Scanner): boolean {
  return readName(scanner, WEEKDAYS) >= 0;
}

function readMonth(scanner: Scanner): boolean {
  const month = readName(scanner, MONTHS);
  if (month >= 0) scanner.fields.month = month;
  return month >= 0;
}

function readHalf(scanner: Scanner): boolean {
  const half = scanner.text.slice(scanner.position, scanner.position + 2).toUpperCase();
  if (half !== "AM" && half !== "PM") return false;
  scanner.fields.isAfternoon = half === "PM";
  scanner.position += 2;
  return true;
}

/** An offset is read but, as in jq, changes nothing: the result stays in the time that was written. */
function readOffset(scanner: Scanner): boolean {
  const offset = /^(?:Z|[+-]\d{2}:?(?:\d{2})?)/.exec(scanner.text.slice(scanner.position))?.[0];
  return offset !== undefined && skipText(scanner, offset);
}

function readZoneName(scanner: Scanner): boolean {
  const name = /^[A-Za-z]+/.exec(scanner.text.slice(scanner.position))?.[0];
  return name !== undefined && skipText(scanner, name);
}

/** Brings the fields together and works out the day of the week and of the year. */
function finish(fields: Fields): BrokenTime {
  if (fields.epoch !== undefined) return fromSeconds(fields.epoch);
  const noDay = { weekday: 0, yearDay: 0 };
  const day = fields.yearDay === undefined ? fields.day : fields.yearDay + 1;
  const month = fields.yearDay === undefined ? fields.month : 0;
  const seconds = toSeconds({
    ...fields,
    year: yearOf(fields),
    hour: hourOf(fields),
    month,
    day,
    ...noDay,
  });
  return fromSeconds(seconds);
}

function yearOf({ year, century, yearOfCentury }: Fields): number {
  if (yearOfCentury === undefined) return year;
  if (century !== undefined) return century * 100 + yearOfCentury;
  return yearOfCentury + (yearOfCentury < 69 ? 2_000 : 1_900);
}

function hourOf({ hour, isAfternoon }: Fields): number {
  if (isAfternoon === undefined || hour > 12) return hour;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}
