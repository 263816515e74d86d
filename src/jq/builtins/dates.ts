import type { JsonValue } from "../../base/json.ts";
import { type BrokenTime, daysOf, fromSeconds, toSeconds, weekdayOf } from "../dates/calendar.ts";
import { strftime, UTC, type Zone } from "../dates/strftime.ts";
import { strptime } from "../dates/strptime.ts";
import type { Env } from "../env.ts";
import { raise } from "../raise.ts";
import { pay } from "../values/meter.ts";
import { binary, type Natives, unary } from "./native.ts";

/** A format is read letter by letter, for each date. */
const PRICE_OF_DATE = 8;

/** Builtins for dates and times. `now` tells the time of the run. */
export const dates: Natives = {
  "now/0": unary((_input, env) => env.run.host.nowMs / 1_000),
  "gmtime/0": unary((input) => takeApart(input, "gmtime", 0)),
  "localtime/0": unary((input, env) =>
    takeApart(input, "localtime", zoneAt(input, env).offsetSeconds),
  ),
  "mktime/0": unary(toEpoch),
  "strftime/1": binary((input, format) => write(input, { format, zone: UTC, name: "strftime/1" })),
  "strflocaltime/1": binary((input, format, env) => writeLocal(input, format, env)),
  "strptime/1": binary(parse),
};

function takeApart(input: JsonValue, name: string, offsetSeconds: number): JsonValue {
  if (typeof input !== "number") return raise(`${name}() requires numeric inputs`);
  const whole = Math.floor(input);
  const time = fromSeconds(whole + offsetSeconds);
  return toList({ ...time, second: time.second + (input - whole) });
}

function toList(time: BrokenTime): JsonValue[] {
  const { year, month, day, hour, minute, second, weekday, yearDay } = time;
  return [year, month, day, hour, minute, second, weekday, yearDay];
}

/** The zone in which the host has the user's clock, at a moment. */
function zoneAt(input: JsonValue, env: Env): Zone {
  const seconds = typeof input === "number" ? Math.floor(input) : 0;
  return env.run.host.zoneAt?.(seconds) ?? UTC;
}

function toEpoch(input: JsonValue): JsonValue {
  if (!Array.isArray(input)) return raise("mktime requires array of 6 numbers");
  const seconds = toSeconds(toBrokenTime(input, "mktime"));
  return seconds === -1 ? raise("invalid gmtime representation") : seconds;
}

/** A list as `gmtime` gives it; what is missing at its end counts as 0, the year as 1900. */
function toBrokenTime(list: readonly JsonValue[], name: string): BrokenTime {
  const fields = list.slice(0, 8).map((item) => {
    if (typeof item !== "number" || Number.isNaN(item)) {
      return raise(`${name} requires parsed datetime inputs`);
    }
    return Math.trunc(item);
  });
  const [year = 1_900, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const days = daysOf(year, month, day);
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday: weekdayOf(days),
    yearDay: days - daysOf(year + Math.floor(month / 12), 0, 1),
  };
}

interface Writing {
  readonly format: JsonValue;
  readonly zone: Zone;
  readonly name: string;
}

function write(input: JsonValue, { format, zone, name }: Writing): JsonValue {
  pay(PRICE_OF_DATE);
  const list =
    typeof input === "number" && Number.isFinite(input)
      ? toList(fromSeconds(Math.floor(input) + zone.offsetSeconds))
      : input;
  if (!Array.isArray(list)) return raise(`${name} requires parsed datetime inputs`);
  if (typeof format !== "string") return raise(`${name} requires a string format`);
  const text = strftime(toBrokenTime(list, name), format, zone);
  return text ?? raise(`${name}: unknown system failure`);
}

/** A number is brought to local time; a list is taken to be local already. */
function writeLocal(input: JsonValue, format: JsonValue, env: Env): JsonValue {
  return write(input, { format, zone: zoneAt(input, env), name: "strflocaltime/1" });
}

function parse(input: JsonValue, format: JsonValue): JsonValue {
  pay(PRICE_OF_DATE);
  if (typeof input !== "string" || typeof format !== "string") {
    return raise("strptime/1 requires string inputs and arguments");
  }
  const parsed = strptime(input, format);
  if (parsed === undefined || (parsed.rest !== "" && !/^\s/.test(parsed.rest))) {
    return raise(`date "${input}" does not match format "${format}"`);
  }
  const list = toList(parsed.time);
  return parsed.rest === "" ? list : [...list, parsed.rest];
}
