import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ["todate, gmtime", 1425599621.5, ["2015-03-05T23:53:41Z", [2015, 2, 5, 23, 53, 41.5, 4, 63]]],
  ["fromdate", "2015-03-05T23:51:47Z", [1425599507]],
  ["todate", -1, ["1969-12-31T23:59:59Z"]],
  ["mktime", [2024, 1, 29, 12, 30, 45, 0, 0], [1709209845]],
  ['strptime("%Y-%m-%dT%H:%M:%SZ")', "2024-02-28T00:00:00Z", [[2024, 1, 28, 0, 0, 0, 3, 58]]],
  [
    'strptime("%A, %d %B %Y %I:%M:%S %p") | mktime',
    "Tuesday, 14 November 2023 10:11:12 PM",
    [1699999872],
  ],
  ['strptime("%d/%m/%y") | todate', "14/11/23", ["2023-11-14T00:00:00Z"]],
  ['strptime("%Y-%j") | todate', "2024-060", ["2024-02-29T00:00:00Z"]],
  ['strptime("%s") | mktime', "1700000000", [1700000000]],
  [
    'strftime("%a %A %b %B %d %e %j %y %C %H %I %k %l %M %p %P %S %u %w %U %W %V %G %D %F %T %R %r %c %x %X %s %z %Z %% %n%t")',
    1700000000,
    [
      "Tue Tuesday Nov November 14 14 318 23 20 22 10 22 10 13 PM pm 20 2 2 46 46 46 2023 11/14/23 2023-11-14 22:13:20 22:13 10:13:20 PM Tue Nov 14 22:13:20 2023 11/14/23 22:13:20 1700000000 +0000 UTC % \n\t",
    ],
  ],
  ['strftime("%G-W%V")', 1704067199, ["2023-W52"]],
  ["[range(0; 4e9; 86400 * 37 + 12345)] | all(. == (todate | fromdate))", null, [true]],
  ['dateadd("seconds"; 3), date', 5, [8, "1970-01-01T00:00:05Z"]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  [
    "fromdate",
    "2024-99-01T00:00:00Z",
    'date "2024-99-01T00:00:00Z" does not match format "%Y-%m-%dT%H:%M:%SZ"',
  ],
  ["mktime", ["a"], "mktime requires parsed datetime inputs"],
  ["todate", "x", "strftime/1 requires parsed datetime inputs"],
  ['strftime("%Q")', 0, "strftime/1: unknown system failure"],
  ["gmtime", null, "gmtime() requires numeric inputs"],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
