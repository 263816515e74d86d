import type { JsonValue } from "../../base/json.ts";
import { many } from "../code.ts";
import { besselJ, besselY } from "../math/bessel.ts";
import {
  exponentOf,
  nextAfter,
  remainder,
  roundHalfAway,
  roundHalfEven,
  scale,
  splitBinary,
} from "../math/rounding.ts";
import { errorComplement, errorFunction, gamma, gammaSign, logGamma } from "../math/special.ts";
import { raise } from "../raise.ts";
import { describe } from "../values/json-text.ts";
import { argumentCode, type Native, type Natives, ternary, unary } from "./native.ts";

type Unary = (value: number) => number;
type Binary = (first: number, second: number) => number;

/** Functions of C's math library, of the input. */
const OF_INPUT: Readonly<Record<string, Unary>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  round: roundHalfAway,
  rint: roundHalfEven,
  nearbyint: roundHalfEven,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  fabs: Math.abs,
  exp: Math.exp,
  exp2: (value) => 2 ** value,
  exp10,
  pow10: exp10,
  expm1: Math.expm1,
  log: Math.log,
  log2: log2,
  log10: Math.log10,
  log1p: Math.log1p,
  logb: exponentOf,
  significand: (value) => (value === 0 ? value : scale(value, -exponentOf(value))),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  gamma: logGamma,
  lgamma: logGamma,
  tgamma: gamma,
  erf: errorFunction,
  erfc: errorComplement,
  j0: (value) => besselJ(0, value),
  j1: (value) => besselJ(1, value),
  y0: (value) => besselY(0, value),
  y1: (value) => besselY(1, value),
};

/** Functions of two arguments; they take no notice of the input. */
const OF_TWO: Readonly<Record<string, Binary>> = {
  pow: (base, exponent) => (base === 1 ? 1 : base ** exponent),
  atan2: Math.atan2,
  copysign: (size, sign) => (sign < 0 || Object.is(sign, -0) ? -Math.abs(size) : Math.abs(size)),
  drem: remainder,
  remainder,
  fdim: (first, second) => (first > second ? first - second : first <= second ? 0 : Number.NaN),
  fmax: (first, second) => pickNumber(first, second, Math.max(first, second)),
  fmin: (first, second) => pickNumber(first, second, Math.min(first, second)),
  fmod: (first, second) => first % second,
  hypot: Math.hypot,
  jn: besselJ,
  yn: besselY,
  ldexp: scale,
  scalb: scale,
  scalbln: scale,
  nextafter: nextAfter,
  nexttoward: nextAfter,
};

export const mathematics: Natives = {
  ...Object.fromEntries(
    Object.entries(OF_INPUT).map(([name, apply]) => [`${name}/0`, ofInput(apply)]),
  ),
  ...Object.fromEntries(Object.entries(OF_TWO).map(([name, apply]) => [`${name}/2`, ofTwo(apply)])),
  "fma/3": { code: fusedMultiplyAdd },
  "frexp/0": unary((input) => splitBinary(requireNumber(input))),
  "modf/0": unary((input) => splitWhole(requireNumber(input))),
  "lgamma_r/0": unary((input) => {
    const value = requireNumber(input);
    return [logGamma(value), gammaSign(value)];
  }),
};

function requireNumber(input: JsonValue): number {
  return typeof input === "number" ? input : raise(`${describe(input)} number required`);
}

function ofInput(apply: Unary): Native {
  return unary((input) => apply(requireNumber(input)));
}

function ofTwo(apply: Binary): Native {
  return ternary((_input, [first, second]) => apply(requireNumber(first), requireNumber(second)));
}

/** Exact for powers of two, where the runtime's own may be off by one bit. */
function log2(value: number): number {
  const exponent = exponentOf(value);
  return scale(1, exponent) === value ? exponent : Math.log2(value);
}

/** Exact for whole numbers, where the runtime's own power may be off by one bit. */
function exp10(value: number): number {
  return Number.isInteger(value) ? Number(`1e${value}`) : 10 ** value;
}

/** A number that is none gives way to one. */
function pickNumber(first: number, second: number, both: number): number {
  if (Number.isNaN(first)) return second;
  return Number.isNaN(second) ? first : both;
}

function splitWhole(value: number): [fraction: number, whole: number] {
  const whole = Math.trunc(value);
  return [Number.isFinite(value) ? value - whole : 0, whole];
}

function fusedMultiplyAdd(call: Parameters<Native["code"]>[0]): ReturnType<Native["code"]> {
  const [x, y, z] = [argumentCode(call, 0), argumentCode(call, 1), argumentCode(call, 2)];
  return many((input, env, emit) =>
    z.each(input, env, (c) =>
      y.each(input, env, (b) =>
        x.each(input, env, (a) => emit(requireNumber(a) * requireNumber(b) + requireNumber(c))),
      ),
    ),
  );
}
