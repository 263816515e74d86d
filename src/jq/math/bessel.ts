const INTERVALS_MIN = 2_000;

/** The Bessel function of the first kind of a whole order, from its integral. */
export function besselJ(order: number, value: number): number {
  const intervals = INTERVALS_MIN + 4 * Math.ceil(Math.min(Math.abs(value) + Math.abs(order), 1e5));
  const integrand = (angle: number): number => Math.cos(order * angle - value * Math.sin(angle));
  return simpson(integrand, Math.PI, intervals) / Math.PI;
}

/** The Bessel function of the second kind of a whole order; there is none below zero. */
export function besselY(order: number, value: number): number {
  if (value < 0 || Number.isNaN(value)) return Number.NaN;
  if (value === 0) return Number.NEGATIVE_INFINITY;
  const intervals = INTERVALS_MIN + 4 * Math.ceil(Math.min(value + Math.abs(order), 1e5));
  const wave = simpson(
    (angle) => Math.sin(value * Math.sin(angle) - order * angle),
    Math.PI,
    intervals,
  );
  const sign = order % 2 === 0 ? 1 : -1;
  const decay = (at: number): number =>
    Math.exp(order * at - value * Math.sinh(at)) +
    sign * Math.exp(-order * at - value * Math.sinh(at));
  const end = Math.asinh((40 + Math.abs(order) * 10) / value) + 1;
  return (wave - simpson(decay, end, intervals * 4)) / Math.PI;
}

/** The integral from 0 to `end` by Simpson's rule. */
function simpson(integrand: (at: number) => number, end: number, intervals: number): number {
  const count = intervals + (intervals % 2);
  const step = end / count;
  let sum = integrand(0) + integrand(end);
  for (let index = 1; index < count; index += 1) {
    sum += integrand(index * step) * (index % 2 === 0 ? 2 : 4);
  }
  return (sum * step) / 3;
}
