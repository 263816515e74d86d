import type { RegexNode } from "./node.ts";
import { PatternError } from "./pattern-error.ts";
import {
  type Flags,
  goDeeper,
  isAtEnd,
  look,
  type Reader,
  skip,
  take,
  takeUntil,
} from "./reader.ts";

type ParseChoice = (reader: Reader) => RegexNode;

/** A group behind its opening parenthesis; undefined for a comment. */
export function parseGroup(reader: Reader, parseChoice: ParseChoice): RegexNode | undefined {
  goDeeper(reader);
  const node = skip(reader, "?")
    ? parseSpecial(reader, parseChoice)
    : capture(reader, null, parseChoice);
  reader.depth -= 1;
  return node;
}

function capture(reader: Reader, name: string | null, parseChoice: ParseChoice): RegexNode {
  reader.groupCount += 1;
  const index = reader.groupCount;
  reader.groupNames[index] = name;
  if (name !== null) reader.names.set(name, [...(reader.names.get(name) ?? []), index]);
  const body = closed(reader, parseChoice);
  return { kind: "group", index, body };
}

function closed(reader: Reader, parseChoice: ParseChoice): RegexNode {
  const body = parseChoice(reader);
  if (!skip(reader, ")")) throw new PatternError("end pattern with unmatched parenthesis");
  return body;
}

function parseSpecial(reader: Reader, parseChoice: ParseChoice): RegexNode | undefined {
  if (isAtEnd(reader)) throw new PatternError("end pattern in group");
  if (skip(reader, ":")) return closed(reader, parseChoice);
  if (skip(reader, ">")) return { kind: "atomic", body: closed(reader, parseChoice) };
  if (skip(reader, "#")) {
    if (takeUntil(reader, ")") === undefined) throw new PatternError("end pattern in group");
    return undefined;
  }
  const around = parseLook(reader, parseChoice);
  if (around !== undefined) return around;
  if (skip(reader, "<")) return capture(reader, readName(reader), parseChoice);
  if (skip(reader, "(")) return parseCondition(reader, parseChoice);
  return parseOptions(reader, parseChoice);
}

function parseLook(reader: Reader, parseChoice: ParseChoice): RegexNode | undefined {
  for (const mark of ["=", "!", "<=", "<!"]) {
    if (!skip(reader, mark)) continue;
    return {
      kind: "look",
      isBehind: mark.startsWith("<"),
      isNegative: mark.endsWith("!"),
      body: closed(reader, parseChoice),
    };
  }
  return undefined;
}

function readName(reader: Reader): string {
  const rest = reader.points.slice(reader.position).join("");
  const name = takeUntil(reader, ">");
  if (name === "") throw new PatternError("group name is empty");
  if (name === undefined || !/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name)) {
    throw new PatternError(`invalid group name <${name ?? rest}>`);
  }
  return name;
}

/** `(?(1)yes|no)`, `(?(<name>)yes|no)`. */
function parseCondition(reader: Reader, parseChoice: ParseChoice): RegexNode {
  const name = takeUntil(reader, ")")?.replace(/^<(.*)>$/, "$1") ?? "";
  const groups = /^\d+$/.test(name) ? [Number(name)] : reader.names.get(name);
  if (groups === undefined) throw new PatternError(`undefined name <${name}> reference`);
  const body = closed(reader, parseChoice);
  const [yes, ...others] = body.kind === "choice" ? body.items : [body];
  if (yes === undefined || others.length > 1) throw new PatternError("invalid if-else syntax");
  return { kind: "condition", groups, yes, no: others[0] ?? { kind: "empty" } };
}

/** `(?i)` up to the end of the group around it, or `(?i:…)`. */
function parseOptions(reader: Reader, parseChoice: ParseChoice): RegexNode {
  let flags = reader.flags;
  let isOn = true;
  for (;;) {
    const letter = isAtEnd(reader) ? "" : take(reader);
    if (letter === "-") isOn = false;
    else if (letter === ")") {
      reader.flags = flags;
      return parseRest(reader, parseChoice);
    } else if (letter === ":") {
      const outer = reader.flags;
      reader.flags = flags;
      const body = closed(reader, parseChoice);
      reader.flags = outer;
      return body;
    } else flags = withOption(flags, letter, isOn);
  }
}

/** What stands behind `(?i)` belongs to it, alternatives too. */
function parseRest(reader: Reader, parseChoice: ParseChoice): RegexNode {
  return look(reader) === ")" || isAtEnd(reader) ? { kind: "empty" } : parseChoice(reader);
}

function withOption(flags: Flags, letter: string, isOn: boolean): Flags {
  switch (letter) {
    case "i":
      return { ...flags, isFolded: isOn };
    case "x":
      return { ...flags, isExtended: isOn };
    case "s":
      return { ...flags, isDotAll: isOn };
    case "m":
      return { ...flags, isMultiline: isOn };
    default:
      throw new PatternError("undefined group option");
  }
}
