const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** The gamma function; whole numbers give exact factorials. */
export function gamma(value: number): number {
  if (Number.isInteger(value)) return gammaOfInteger(value);
  if (value < 0.5) return Math.PI / (Math.sin(Math.PI * value) * gamma(1 - value));
  if (value > 171.7) return Number.POSITIVE_INFINITY;
  const shifted = value - 1;
  const base = shifted + 7.5;
  const power = base ** ((shifted + 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * power * Math.exp(-base) * power * lanczosSum(shifted);
}

function gammaOfInteger(value: number): number {
  if (value <= 0) return Object.is(value, -0) ? -Infinity : value === 0 ? Infinity : Number.NaN;
  if (value > 171) return Number.POSITIVE_INFINITY;
  let product = 1;
  for (let factor = 2; factor < value; factor += 1) product *= factor;
  return product;
}

function lanczosSum(shifted: number): number {
  let sum: number = LANCZOS[0];
  for (const [index, coefficient] of LANCZOS.entries()) {
    if (index > 0) sum += coefficient / (shifted + index);
  }
  return sum;
}

/** The logarithm of the size of the gamma function. */
export function logGamma(value: number): number {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? value : Number.POSITIVE_INFINITY;
  if (Number.isInteger(value) && value <= 0) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(value) && value <= 171) return Math.log(gammaOfInteger(value));
  if (value < 0.5) {
    return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * value))) - logGamma(1 - value);
  }
  const shifted = value - 1;
  const base = shifted + 7.5;
  return (
    Math.log(2 * Math.PI) / 2 +
    (shifted + 0.5) * Math.log(base) -
    base +
    Math.log(lanczosSum(shifted))
  );
}

/** The sign of the gamma function. */
export function gammaSign(value: number): number {
  if (value > 0 || Object.is(value, 0)) return 1;
  if (Number.isInteger(value)) return Object.is(value, -0) ? -1 : 1;
  return Math.floor(value) % 2 === 0 ? 1 : -1;
}

/** The error function: a series near zero, and a continued fraction for its complement elsewhere. */
export function errorFunction(value: number): number {
  if (Number.isNaN(value)) return value;
  if (Math.abs(value) > 2.5) return Math.sign(value) * (1 - complementFraction(Math.abs(value)));
  let term = value;
  let sum = value;
  for (let index = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && index < 200; index += 1) {
    term *= (-value * value) / index;
    sum += term / (2 * index + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export function errorComplement(value: number): number {
  if (value > 1) return complementFraction(value);
  return 1 - errorFunction(value);
}

function complementFraction(value: number): number {
  if (value > 27) return 0;
  let tail = 0;
  for (let index = 200; index > 0; index -= 1) tail = index / 2 / (value + tail);
  return Math.exp(-value * value) / Math.sqrt(Math.PI) / (value + tail);
}
