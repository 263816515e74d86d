import type { Run } from "../run.ts";
import { codePointLength, isPlain } from "../values/text.ts";
import { type Match, type Regex, search } from "./regex.ts";

/** A match is kept with its groups, and mostly becomes a value with as many parts. */
const PRICE_OF_MATCH = 8;

/** Finds the first match, or with the flag `g` all of them, from left to right. */
export function findMatches(regex: Regex, text: string, run: Run): Match[] {
  const matches: Match[] = [];
  let from = 0;
  while (from <= text.length) {
    const match = search(regex, text, from, run);
    if (match === undefined) break;
    matches.push(match);
    run.spend(PRICE_OF_MATCH);
    if (!regex.isGlobal) break;
    from = match.end > match.start ? match.end : match.end + widthAt(text, match.end);
  }
  return matches;
}

function widthAt(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

/** Turns UTF-16 offsets into code point offsets; quick when they come in order. */
export function pointCounter(text: string): (offset: number) => number {
  if (isPlain(text)) return (offset) => offset;
  let units = 0;
  let points = 0;
  return (offset) => {
    if (offset < units) {
      units = 0;
      points = 0;
    }
    points += codePointLength(text.slice(units, offset));
    units = offset;
    return points;
  };
}
