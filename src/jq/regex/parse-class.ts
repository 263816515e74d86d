import {
  CodeSet,
  complement,
  folded,
  intersection,
  namedSet,
  rangeSet,
  union,
} from "./code-set.ts";
import { classOfEscape, pointOfEscape } from "./escape.ts";
import { PatternError } from "./pattern-error.ts";
import { goDeeper, isAtEnd, look, type Reader, skip, take, takeUntil } from "./reader.ts";

/** `[…]` behind its opening bracket. */
export function parseClass(reader: Reader): CodeSet {
  const set = readClass(reader);
  return reader.flags.isFolded ? folded(set) : set;
}

const NOTHING = new CodeSet(() => false);

function readClass(reader: Reader): CodeSet {
  goDeeper(reader);
  const isNegated = skip(reader, "^");
  let whole: CodeSet | undefined;
  let parts: CodeSet[] = [];
  let isFirst = true;
  for (;;) {
    if (isAtEnd(reader)) throw new PatternError("premature end of char-class");
    if (look(reader) === "]" && !(isFirst && reader.points.indexOf("]", reader.position + 1) >= 0))
      break;
    isFirst = false;
    if (skip(reader, "&&")) {
      whole = narrow(whole, parts);
      parts = [];
      continue;
    }
    parts.push(readPart(reader));
  }
  take(reader);
  reader.depth -= 1;
  const set = narrow(whole, parts);
  return isNegated ? complement(set) : set;
}

function narrow(whole: CodeSet | undefined, parts: readonly CodeSet[]): CodeSet {
  const set = parts.length === 0 ? NOTHING : union(parts);
  return whole === undefined ? set : intersection(whole, set);
}

/** A nested class, a named set, a range or one letter. */
function readPart(reader: Reader): CodeSet {
  if (look(reader) === "[") {
    const named = readPosix(reader);
    if (named !== undefined) return named;
    take(reader);
    return readClass(reader);
  }
  if (look(reader) === "\\") {
    take(reader);
    const set = classOfEscape(reader);
    if (set !== undefined) return set;
    return readRange(reader, pointOfEscape(reader));
  }
  return readRange(reader, take(reader).codePointAt(0) ?? 0);
}

function readRange(reader: Reader, first: number): CodeSet {
  if (look(reader) !== "-" || look(reader, 1) === "]" || look(reader, 1) === "")
    return rangeSet(first, first);
  const start = reader.position;
  take(reader);
  let last: number;
  if (look(reader) === "\\") {
    take(reader);
    if (classOfEscape(reader) !== undefined) {
      reader.position = start;
      return rangeSet(first, first);
    }
    last = pointOfEscape(reader);
  } else {
    last = take(reader).codePointAt(0) ?? 0;
  }
  if (last < first) throw new PatternError("empty range in char class");
  return rangeSet(first, last);
}

function readPosix(reader: Reader): CodeSet | undefined {
  if (look(reader, 1) !== ":") return undefined;
  const start = reader.position;
  reader.position += 2;
  const isNegated = skip(reader, "^");
  const name = takeUntil(reader, ":");
  if (name === undefined || !skip(reader, "]") || !/^\w+$/.test(name)) {
    reader.position = start;
    return undefined;
  }
  const set = /^[a-z]+$/.test(name) ? namedSet(name) : undefined;
  if (set === undefined) throw new PatternError("invalid POSIX bracket type");
  return isNegated ? complement(set) : set;
}
