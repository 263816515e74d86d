/** To the nearest whole number, halves away from zero, as C's `round`. */
export function roundHalfAway(value: number): number {
  const size = Math.abs(value);
  const whole = Math.floor(size);
  return Math.sign(value) * (size - whole >= 0.5 ? whole + 1 : whole);
}

/** To the nearest whole number, halves to the even one, as C's `rint`. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The exponent of the power of two at or below a number's size. */
export function exponentOf(value: number): number {
  if (value === 0) return Number.NEGATIVE_INFINITY;
  if (!Number.isFinite(value)) return Math.abs(value);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = (view.getUint16(0) >> 4) & 0x7ff;
  return bits === 0 ? exponentOf(value * 2 ** 54) - 54 : bits - 1023;
}

/** A number as a fraction from 0.5 up to 1, and a power of two. */
export function splitBinary(value: number): [fraction: number, exponent: number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  const exponent = exponentOf(value) + 1;
  return [scale(value, -exponent), exponent];
}

/** `value * 2 ** exponent`, also where the power alone would not fit a double. */
export function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** The next double after `value` in the direction of `target`. */
export function nextAfter(value: number, target: number): number {
  if (Number.isNaN(value) || Number.isNaN(target)) return Number.NaN;
  if (value === target) return target;
  if (value === 0) return target > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const isAwayFromZero = value > 0 === target > value;
  view.setBigInt64(0, view.getBigInt64(0) + (isAwayFromZero ? 1n : -1n));
  return view.getFloat64(0);
}

/** What is left of a division that is rounded to the nearest whole number, as C's `remainder`. */
export function remainder(value: number, divisor: number): number {
  if (divisor === 0 || !Number.isFinite(value)) return Number.NaN;
  if (!Number.isFinite(divisor)) return value;
  const rest = value % divisor;
  const size = Math.abs(divisor);
  const twice = Math.abs(rest) * 2;
  if (twice < size || (twice === size && roundHalfEven(value / divisor) % 2 === 0)) {
    const isExactHalf = twice === size && Math.trunc(value / divisor) % 2 !== 0;
    return isExactHalf ? rest - Math.sign(rest) * size : rest;
  }
  return rest - Math.sign(rest) * size;
}
