import type { JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { negate } from "../values/arithmetic.ts";
import { describe } from "../values/json-text.ts";
import { type Native, type Natives, ternary, unary } from "./native.ts";

/** Builtins for numbers: the functions of C's math library that jq has. */
export const numbers: Natives = {
  "abs/0": unary(abs),
  "infinite/0": unary(() => Number.POSITIVE_INFINITY),
  "nan/0": unary(() => Number.NaN),
  "isinfinite/0": predicate((value) => value === Infinity || value === -Infinity),
  "isnan/0": predicate((value) => Number.isNaN(value)),
  "isnormal/0": predicate((value) => Number.isFinite(value) && Math.abs(value) >= 2 ** -1022),
  "isfinite/0": unary(
    (input) => typeof input === "number" && !(input === Infinity || input === -Infinity),
  ),
  "floor/0": math(Math.floor),
  "ceil/0": math(Math.ceil),
  "round/0": math((value) => Math.sign(value) * Math.round(Math.abs(value))),
  "sqrt/0": math(Math.sqrt),
  "fabs/0": math(Math.abs),
  "pow/2": math2((base, exponent) => base ** exponent),
  "log/0": math(Math.log),
  "log2/0": math(Math.log2),
  "log10/0": math(Math.log10),
  "exp/0": math(Math.exp),
  "exp2/0": math((value) => 2 ** value),
  "sin/0": math(Math.sin),
  "cos/0": math(Math.cos),
  "tan/0": math(Math.tan),
  "atan/0": math(Math.atan),
};

function abs(input: JsonValue): JsonValue {
  if (typeof input === "number") return input < 0 ? -input : input === 0 ? 0 : input;
  return typeof input === "string" || (typeof input === "object" && input !== null)
    ? input
    : negate(input);
}

function requireNumber(input: JsonValue): number {
  return typeof input === "number" ? input : raise(`${describe(input)} number required`);
}

function predicate(test: (value: number) => boolean): Native {
  return unary((input) => typeof input === "number" && test(input));
}

function math(apply: (value: number) => number): Native {
  return unary((input) => apply(requireNumber(input)));
}

function math2(apply: (first: number, second: number) => number): Native {
  return ternary((_input, [first, second]) => apply(requireNumber(first), requireNumber(second)));
}
