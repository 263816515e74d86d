import { ANY, CodeSet, folded, NO_NEWLINE, rangeSet } from "./code-set.ts";
import { classOfEscape, pointOfEscape } from "./escape.ts";
import type { Assertion, RegexNode } from "./node.ts";
import { parseClass } from "./parse-class.ts";
import { parseGroup } from "./parse-group.ts";
import { PatternError } from "./pattern-error.ts";
import { parseQuantifiers } from "./quantifier.ts";
import { type Flags, isAtEnd, look, type Reader, skip, take, takeUntil } from "./reader.ts";

export interface Pattern {
  readonly root: RegexNode;
  readonly groupCount: number;
  /** The name of each group, from 1 on; index 0 is the whole match. */
  readonly groupNames: readonly (string | null)[];
}

/** Parses a pattern in Oniguruma's Perl syntax with named groups, the one that jq uses. */
export function parsePattern(source: string, flags: Flags): Pattern {
  const reader: Reader = {
    points: Array.from(source),
    position: 0,
    depth: 0,
    flags,
    groupCount: 0,
    names: new Map(),
    groupNames: [null],
    checks: [],
  };
  const root = parseChoice(reader);
  if (!isAtEnd(reader)) throw new PatternError("unmatched close parenthesis");
  for (const check of reader.checks) check();
  return { root, groupCount: reader.groupCount, groupNames: reader.groupNames };
}

/** Alternatives up to a closing parenthesis or the end. Options set in it end with it. */
export function parseChoice(reader: Reader): RegexNode {
  const { flags } = reader;
  const items = [parseSequence(reader)];
  while (skip(reader, "|")) items.push(parseSequence(reader));
  reader.flags = flags;
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: "choice", items };
}

function parseSequence(reader: Reader): RegexNode {
  const items: RegexNode[] = [];
  while (!isAtEnd(reader) && look(reader) !== "|" && look(reader) !== ")") {
    if (reader.flags.isExtended && skipBlank(reader)) continue;
    const item = parseItem(reader);
    if (item === undefined) continue;
    items.push(parseQuantifiers(reader, item));
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: "sequence", items };
}

function skipBlank(reader: Reader): boolean {
  if (/^\s$/.test(look(reader))) {
    take(reader);
    return true;
  }
  if (look(reader) !== "#") return false;
  while (!isAtEnd(reader) && take(reader) !== "\n");
  return true;
}

type ParseItem = (reader: Reader) => RegexNode | undefined;

/** What each special letter begins; any other letter stands for itself. */
const ITEMS: Readonly<Partial<Record<string, ParseItem>>> = {
  "(": (reader) => parseGroup(reader, parseChoice),
  "[": (reader) => ({ kind: "set", set: parseClass(reader) }),
  ".": ({ flags }) => ({ kind: "set", set: flags.isDotAll ? ANY : NO_NEWLINE }),
  "^": ({ flags }) => assertion(flags.isMultiline ? "line-start" : "text-start"),
  $: ({ flags }) => assertion(flags.isMultiline ? "line-end" : "text-end-or-newline"),
  "*": refuseQuantifier,
  "+": refuseQuantifier,
  "?": refuseQuantifier,
  "\\": parseEscape,
};

function parseItem(reader: Reader): RegexNode | undefined {
  const letter = take(reader);
  const parse = ITEMS[letter];
  return parse === undefined ? letterNode(letter.codePointAt(0) ?? 0, reader.flags) : parse(reader);
}

function refuseQuantifier(): never {
  throw new PatternError("target of repeat operator is not specified");
}

function assertion(test: Assertion): RegexNode {
  return { kind: "assert", test };
}

function letterNode(point: number, flags: Flags): RegexNode {
  const set = singleSet(point);
  return { kind: "set", set: flags.isFolded ? folded(set) : set };
}

const singles = new Map<number, CodeSet>();

/** Sets of one letter come up all the time, so each is made once. */
function singleSet(point: number): CodeSet {
  const known = singles.get(point);
  if (known !== undefined) return known;
  const set = rangeSet(point, point);
  if (singles.size < 1_000) singles.set(point, set);
  return set;
}

const ASSERTIONS: Readonly<Partial<Record<string, Assertion>>> = {
  A: "text-start",
  Z: "text-end-or-newline",
  z: "text-end",
  b: "word-boundary",
  B: "no-word-boundary",
  G: "search-start",
};

const ESCAPES: Readonly<Partial<Record<string, (reader: Reader) => RegexNode>>> = {
  K: () => ({ kind: "keep" }),
  R: () => LINE_BREAK,
  X: () => CLUSTER,
  N: () => ({ kind: "set", set: NO_NEWLINE }),
  O: () => ({ kind: "set", set: ANY }),
  Q: parseQuoted,
};

function parseEscape(reader: Reader): RegexNode {
  const letter = look(reader);
  const test = ASSERTIONS[letter];
  const special = ESCAPES[letter];
  if (test !== undefined || special !== undefined) take(reader);
  if (test !== undefined) return assertion(test);
  if (special !== undefined) return special(reader);
  const set = classOfEscape(reader);
  if (set !== undefined) return { kind: "set", set: reader.flags.isFolded ? folded(set) : set };
  if (letter === "k" && look(reader, 1) === "<") return parseNamedReference(reader);
  if (letter === "g" && look(reader, 1) === "<") return parseCall(reader);
  if (/^[1-9]$/.test(letter)) return parseNumberedReference(reader);
  return letterNode(pointOfEscape(reader), reader.flags);
}

const LINE_BREAK: RegexNode = {
  kind: "atomic",
  body: {
    kind: "choice",
    items: [
      {
        kind: "sequence",
        items: [
          { kind: "set", set: rangeSet(13, 13) },
          { kind: "set", set: rangeSet(10, 10) },
        ],
      },
      {
        kind: "set",
        set: new CodeSet(
          (point) =>
            (point >= 10 && point <= 13) || point === 0x85 || point === 0x2028 || point === 0x2029,
        ),
      },
    ],
  },
};

/** A letter and the marks on it: what a person sees as one, but for emoji that are joined. */
const CLUSTER: RegexNode = {
  kind: "atomic",
  body: {
    kind: "choice",
    items: [
      {
        kind: "sequence",
        items: [
          { kind: "set", set: rangeSet(13, 13) },
          { kind: "set", set: rangeSet(10, 10) },
        ],
      },
      {
        kind: "sequence",
        items: [
          { kind: "set", set: ANY },
          {
            kind: "repeat",
            body: {
              kind: "set",
              set: new CodeSet((point) => /^\p{M}$/u.test(String.fromCodePoint(point))),
            },
            min: 0,
            max: Number.POSITIVE_INFINITY,
            mode: "greedy",
          },
        ],
      },
    ],
  },
};

/** `\Q…\E`: letters that stand for themselves. */
function parseQuoted(reader: Reader): RegexNode {
  const items: RegexNode[] = [];
  while (!isAtEnd(reader) && !skip(reader, "\\E")) {
    items.push(letterNode(take(reader).codePointAt(0) ?? 0, reader.flags));
  }
  return { kind: "sequence", items };
}

function parseNamedReference(reader: Reader): RegexNode {
  reader.position += 2;
  const name = takeUntil(reader, ">") ?? "";
  const number = /^-?\d+$/.test(name) ? Number(name) : undefined;
  const groups =
    number === undefined
      ? reader.names.get(name)
      : [number < 0 ? reader.groupCount + 1 + number : number];
  if (groups === undefined) throw new PatternError(`undefined name <${name}> reference`);
  return { kind: "backreference", groups: groups.toReversed(), isFolded: reader.flags.isFolded };
}

function parseNumberedReference(reader: Reader): RegexNode {
  let digits = "";
  while (/^\d$/.test(look(reader))) digits += take(reader);
  const group = Number(digits);
  reader.checks.push(() => {
    if (group > reader.groupCount) throw new PatternError("invalid backref number/name");
  });
  return { kind: "backreference", groups: [group], isFolded: reader.flags.isFolded };
}

function parseCall(reader: Reader): RegexNode {
  reader.position += 2;
  const name = takeUntil(reader, ">") ?? "";
  const find = (): number => {
    const group = /^\d+$/.test(name) ? Number(name) : reader.names.get(name)?.[0];
    if (group === undefined) throw new PatternError(`undefined name <${name}> call`);
    if (group > reader.groupCount) throw new PatternError("undefined group reference");
    return group;
  };
  reader.checks.push(() => void find());
  return { kind: "call", group: find };
}
