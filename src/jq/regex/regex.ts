import { raise } from "../raise.ts";
import type { Run } from "../run.ts";
import { assemble, type Automaton } from "./assemble.ts";
import { Machine } from "./machine.ts";
import { parsePattern } from "./parse.ts";
import { PatternError } from "./pattern-error.ts";
import type { Flags } from "./reader.ts";
import { type Start, startOf } from "./start.ts";

/** A compiled pattern, and what a search with it looks for. */
export interface Regex {
  readonly automaton: Automaton;
  readonly groupNames: readonly (string | null)[];
  readonly start: Start;
  readonly isGlobal: boolean;
  readonly isLongest: boolean;
  readonly mayBeEmpty: boolean;
}

/** A match in UTF-16 offsets. Group `i` lies from `bounds[2 * i]` to `bounds[2 * i + 1]`; -1 when it took no part. */
export interface Match {
  readonly bounds: Int32Array;
  readonly start: number;
  readonly end: number;
}

const CACHE_SIZE_MAX = 256;
const cache = new Map<string, Regex>();

/** Compiles a pattern with jq's flags, or finds it among the last ones. */
export function regexOf(source: string, flags: string): Regex {
  const key = `${flags}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const regex = compileRegex(source, flags);
  if (cache.size >= CACHE_SIZE_MAX) cache.clear();
  cache.set(key, regex);
  return regex;
}

function compileRegex(source: string, letters: string): Regex {
  for (const letter of letters) {
    if (!"gimnpslx".includes(letter) || letter === "m")
      raise(`${letters} is not a valid modifier string`);
  }
  const flags: Flags = {
    isFolded: letters.includes("i"),
    isExtended: letters.includes("x"),
    isDotAll: letters.includes("p"),
    isMultiline: false,
  };
  try {
    const pattern = parsePattern(source, flags);
    return {
      automaton: assemble(pattern),
      groupNames: pattern.groupNames,
      start: startOf(pattern.root),
      isGlobal: letters.includes("g"),
      isLongest: letters.includes("l"),
      mayBeEmpty: !letters.includes("n"),
    };
  } catch (error) {
    if (error instanceof PatternError) return raise(`Regex failure: ${error.message}`);
    throw error;
  }
}

/** The first match at or behind a place. */
export function search(regex: Regex, text: string, from: number, run: Run): Match | undefined {
  const { automaton, start } = regex;
  const machine = new Machine(text, automaton.registerCount, from, run);
  for (let at = start.next(text, from); at >= 0; at = start.next(text, at + 1)) {
    const match = matchAt(regex, machine, at);
    if (match !== undefined) return match;
    run.spend(1 / 8);
  }
  return undefined;
}

function matchAt(regex: Regex, machine: Machine, at: number): Match | undefined {
  const { steps, start } = regex.automaton;
  machine.position = at;
  machine.kept = -1;
  if (!regex.isLongest && regex.mayBeEmpty) {
    return machine.execute(steps, start) ? toMatch(machine, at) : undefined;
  }
  let best: Match | undefined;
  for (let isMatch = machine.execute(steps, start); isMatch; isMatch = machine.retry(steps)) {
    const isWanted = regex.mayBeEmpty || machine.position > at;
    if (isWanted && (best === undefined || machine.position > best.end))
      best = toMatch(machine, at);
    if (best !== undefined && !regex.isLongest) break;
  }
  machine.reset();
  return best;
}

function toMatch(machine: Machine, at: number): Match {
  const bounds = machine.registers.slice();
  const start = machine.kept < 0 ? at : machine.kept;
  return { bounds, start, end: machine.position };
}
