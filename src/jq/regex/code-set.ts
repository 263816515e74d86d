/** A set of code points. Membership of the first 256 is looked up; beyond them it is computed. */
export class CodeSet {
  readonly latin: Uint8Array;
  readonly test: (point: number) => boolean;
  /** The one code point of a set that has only one. */
  readonly only: number | undefined;

  constructor(test: (point: number) => boolean, only?: number) {
    this.test = test;
    this.only = only;
    this.latin = Uint8Array.from({ length: 256 }, (_, point) => (test(point) ? 1 : 0));
  }

  has(point: number): boolean {
    return point < 256 ? this.latin[point] === 1 : this.test(point);
  }
}

export function rangeSet(first: number, last: number): CodeSet {
  return new CodeSet(
    (point) => point >= first && point <= last,
    first === last ? first : undefined,
  );
}

export function union(sets: readonly CodeSet[]): CodeSet {
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return only;
  return new CodeSet((point) => sets.some((set) => set.has(point)));
}

export function intersection(left: CodeSet, right: CodeSet): CodeSet {
  return new CodeSet((point) => left.has(point) && right.has(point));
}

export function complement(set: CodeSet): CodeSet {
  return new CodeSet((point) => !set.has(point));
}

/** The set with every other case of its letters. */
export function folded(set: CodeSet): CodeSet {
  return new CodeSet((point) => casesOf(point).some((other) => set.has(other)));
}

/** A letter in all its cases, as long as each is one code point. */
function casesOf(point: number): number[] {
  const letter = String.fromCodePoint(point);
  const lower = letter.toLowerCase();
  const upper = letter.toUpperCase();
  return [letter, lower, upper, upper.toLowerCase(), lower.toUpperCase()].flatMap((text) => {
    const first = text.codePointAt(0) ?? 0;
    return text.length === String.fromCodePoint(first).length ? [first] : [];
  });
}

/** One form for all cases of a code point, to compare two of them. */
export function foldPoint(point: number): number {
  return Math.min(...casesOf(point));
}

/** The set that a property or POSIX bracket names, or undefined. */
export function namedSet(name: string): CodeSet | undefined {
  const plain = name.toLowerCase().replaceAll(/[ _-]/g, "");
  const known = POSIX[plain];
  if (known !== undefined) return bySource(known);
  return propertySet(name);
}

/** Oniguruma's meaning of the POSIX names, in terms of Unicode properties. */
const POSIX: Readonly<Partial<Record<string, string>>> = {
  alnum: String.raw`[\p{Alphabetic}\p{M}\p{Nd}]`,
  alpha: String.raw`[\p{Alphabetic}\p{M}]`,
  ascii: String.raw`[\0-\x7f]`,
  blank: String.raw`[\p{Zs}\t]`,
  cntrl: String.raw`[\p{Cc}]`,
  digit: String.raw`\p{Nd}`,
  graph: String.raw`[^\s\p{Cc}\p{Cn}\p{Cs}\x85]`,
  lower: String.raw`\p{Lowercase}`,
  print: String.raw`[^\p{Cc}\p{Cn}\p{Cs}]`,
  punct: String.raw`[\p{P}$+<=>^\x60|~]`,
  space: String.raw`[\t-\r \x85\p{Z}]`,
  upper: String.raw`\p{Uppercase}`,
  word: String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]`,
  xdigit: String.raw`[0-9a-fA-F]`,
  any: String.raw`[^]`,
};

const cache = new Map<string, CodeSet>();

/** A set by a pattern for one code point. The pattern comes from this file or names one Unicode property. */
function bySource(source: string): CodeSet {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^${source}$`, "u");
  const set = new CodeSet((point) => pattern.test(String.fromCodePoint(point)));
  cache.set(source, set);
  return set;
}

function propertySet(name: string): CodeSet | undefined {
  if (!/^\w+(?:=\w+)?$/.test(name.replaceAll(/[ -]/g, "_"))) return undefined;
  const titled = name
    .split(/[ _-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join("_");
  for (const candidate of [name, titled, `Script=${name}`, `Script=${titled}`]) {
    try {
      return bySource(`\\p{${candidate}}`);
    } catch {
      // Not a property by this spelling.
    }
  }
  return undefined;
}

function required(name: string): CodeSet {
  const set = namedSet(name);
  if (set === undefined) throw new Error(`unreachable: ${name} is a POSIX bracket`);
  return set;
}

export const DIGIT = required("digit");
export const SPACE = required("space");
export const WORD = required("word");
export const ANY = new CodeSet(() => true);
export const NO_NEWLINE = new CodeSet((point) => point !== 10);
