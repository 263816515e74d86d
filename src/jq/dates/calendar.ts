/** Time taken apart as C's `struct tm` has it, but with whole years; months and days of the year count from 0. */
export interface BrokenTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly yearDay: number;
}

const DAY_SECONDS = 86_400;
const DAYS_PER_ERA = 146_097;
/** Days from 1 March of year 0, where a 400-year era begins, to 1 January 1970. */
const EPOCH_DAY = 719_468;

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month and day may run over. */
export function daysOf(year: number, month: number, day: number): number {
  const months = year * 12 + month;
  const plainYear = Math.floor(months / 12);
  const plainMonth = months - plainYear * 12;
  const marchYear = plainMonth < 2 ? plainYear - 1 : plainYear;
  const marchMonth = (plainMonth + 10) % 12;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_DAY;
}

/** Seconds since 1970 of a broken-down time in UTC; weekday and day of the year are not looked at. */
export function toSeconds(time: BrokenTime): number {
  const days = daysOf(time.year, time.month, time.day);
  return days * DAY_SECONDS + time.hour * 3_600 + time.minute * 60 + time.second;
}

/** Takes whole seconds since 1970 apart. */
export function fromSeconds(seconds: number): BrokenTime {
  const days = Math.floor(seconds / DAY_SECONDS);
  const rest = seconds - days * DAY_SECONDS;
  const { year, month, day } = dateOf(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3_600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: weekdayOf(days),
    yearDay: days - daysOf(year, 0, 1),
  };
}

export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (marchMonth + 2) % 12;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The year and number of the ISO 8601 week that a day lies in. */
export function isoWeek(time: BrokenTime): { year: number; week: number } {
  const days = daysOf(time.year, 0, 1) + time.yearDay;
  const thursday = dateOf(days - ((weekdayOf(days) + 6) % 7) + 3);
  const yearStart = daysOf(thursday.year, 0, 1);
  const dayOfThursday = daysOf(thursday.year, thursday.month, thursday.day) - yearStart;
  return { year: thursday.year, week: Math.floor(dayOfThursday / 7) + 1 };
}
