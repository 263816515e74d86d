import { PatternError } from "./pattern-error.ts";

export interface Flags {
  readonly isFolded: boolean;
  readonly isExtended: boolean;
  readonly isDotAll: boolean;
  readonly isMultiline: boolean;
}

/** The parser's place in a pattern, and what it has learned about the groups. */
export interface Reader {
  readonly points: readonly string[];
  position: number;
  depth: number;
  flags: Flags;
  groupCount: number;
  /** The groups of each name, in order. */
  readonly names: Map<string, number[]>;
  /** The name of each group, from 1 on. */
  readonly groupNames: (string | null)[];
  readonly checks: (() => void)[];
}

/** Patterns that nest deeper are refused. */
const DEPTH_MAX = 250;

export function look(reader: Reader, ahead = 0): string {
  return reader.points[reader.position + ahead] ?? "";
}

export function isAtEnd(reader: Reader): boolean {
  return reader.position >= reader.points.length;
}

export function take(reader: Reader): string {
  const letter = look(reader);
  reader.position += 1;
  return letter;
}

/** Skips a text when it is the next one. */
export function skip(reader: Reader, text: string): boolean {
  const letters = Array.from(text);
  if (!letters.every((letter, index) => look(reader, index) === letter)) return false;
  reader.position += letters.length;
  return true;
}

/** Everything up to a letter, which is skipped; undefined when it does not come. */
export function takeUntil(reader: Reader, end: string): string | undefined {
  const stop = reader.points.indexOf(end, reader.position);
  if (stop < 0) return undefined;
  const text = reader.points.slice(reader.position, stop).join("");
  reader.position = stop + 1;
  return text;
}

export function takeWhile(reader: Reader, pattern: RegExp, most: number): string {
  let text = "";
  while (text.length < most && pattern.test(look(reader)) && !isAtEnd(reader)) text += take(reader);
  return text;
}

export function goDeeper(reader: Reader): void {
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) throw new PatternError("too deep nest level");
}
