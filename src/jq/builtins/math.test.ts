import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ["floor, ceil, round, trunc, rint, fabs, abs", -2.5, [-3, -2, -3, -2, -2, 2.5, 2.5]],
  [
    "sqrt, cbrt, log2, exp2, exp10, significand, logb",
    64,
    [8, 4, 6, 18446744073709552000, 1e64, 1, 6],
  ],
  [
    "pow(2; 10), ldexp(1; 3), fmod(7; 3), drem(5; 3), fmin(1; 2), fmax(nan; 2), hypot(3; 4), atan2(0; 1), copysign(1; -2), fma(2; 3; 4), nextafter(1; 2)",
    null,
    [1024, 8, 1, -1, 1, 2, 5, 0, -1, 10, 1.0000000000000002],
  ],
  ["[pow(1, 2; 3, 4)]", null, [[1, 8, 1, 16]]],
  [
    "frexp, modf, lgamma_r",
    6,
    [
      [0.75, 3],
      [0, 6],
      [4.787491742782046, 1],
    ],
  ],
  ["tgamma", 5, [24]],
  [
    "[erf, erfc, j0, j1, y0, y1 | . * 1e9 | round]",
    1,
    [[842700793, 157299207, 765197687, 440050586, 88256964, -781212821]],
  ],
  ["isinfinite, isnan, isnormal, isfinite", 1, [false, false, true, true]],
  [
    "infinite > 1e308, (nan == nan), (nan < nan), ([nan, 1] | sort | .[1])",
    null,
    [true, false, true, 1],
  ],
  ["5 % 3, -5 % 3, 5 % -3, 5.9 % 2.1, 1e19 % 7", null, [2, -2, 2, 1, 0]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["floor", "a", 'string ("a") number required'],
  ["1 / .", 0, "number (1) and number (0) cannot be divided because the divisor is zero"],
  [
    "5 % .",
    0.5,
    "number (5) and number (0.5) cannot be divided (remainder) because the divisor is zero",
  ],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
