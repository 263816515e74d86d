import type { JsonValue } from "../../base/json.ts";
import { negate } from "../values/arithmetic.ts";
import { type Native, type Natives, unary } from "./native.ts";

/** Builtins for numbers. Those of the C library are in a family of their own. */
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
};

function abs(input: JsonValue): JsonValue {
  if (typeof input === "number") return input < 0 ? -input : input === 0 ? 0 : input;
  return typeof input === "string" || (typeof input === "object" && input !== null)
    ? input
    : negate(input);
}

function predicate(test: (value: number) => boolean): Native {
  return unary((input) => typeof input === "number" && test(input));
}
