import type { RegexNode, RepeatNode } from "./node.ts";
import { PatternError } from "./pattern-error.ts";
import { look, type Reader, skip, take } from "./reader.ts";

/** Oniguruma's own limit on a repeat count. */
const REPEAT_MAX = 100_000;

/** Wraps an item in the quantifiers behind it. */
export function parseQuantifiers(reader: Reader, item: RegexNode): RegexNode {
  let node = item;
  for (;;) {
    const range = readRange(reader);
    if (range === undefined) return node;
    const mode = skip(reader, "?")
      ? "lazy"
      : range.mayBePossessive && skip(reader, "+")
        ? "possessive"
        : "greedy";
    node = repeat(node, range, mode);
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly mayBePossessive: boolean;
}

function readRange(reader: Reader): Range | undefined {
  switch (look(reader)) {
    case "*":
      take(reader);
      return { min: 0, max: Number.POSITIVE_INFINITY, mayBePossessive: true };
    case "+":
      take(reader);
      return { min: 1, max: Number.POSITIVE_INFINITY, mayBePossessive: true };
    case "?":
      take(reader);
      return { min: 0, max: 1, mayBePossessive: true };
    case "{":
      return readBraces(reader);
    default:
      return undefined;
  }
}

/** `{n}`, `{n,}`, `{n,m}`; anything else in braces is text. */
function readBraces(reader: Reader): Range | undefined {
  const text = reader.points.slice(reader.position, reader.position + 16).join("");
  const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(text);
  if (match === null) return undefined;
  const [whole, low = "", comma, high = ""] = match;
  const min = Number(low);
  const max = comma === undefined ? min : high === "" ? Number.POSITIVE_INFINITY : Number(high);
  if (min > REPEAT_MAX || (max > REPEAT_MAX && max !== Number.POSITIVE_INFINITY)) {
    throw new PatternError("too big number {n,m} repeat");
  }
  if (max < min) throw new PatternError("upper is smaller than lower in repeat range");
  reader.position += whole.length;
  return { min, max, mayBePossessive: false };
}

/** Quantifiers in a row are one where that is the same: `a**` would otherwise try every way to share the letters. */
function repeat(body: RegexNode, range: Range, mode: RepeatNode["mode"]): RegexNode {
  const { min, max } = range;
  if (
    body.kind === "repeat" &&
    body.mode === "greedy" &&
    mode === "greedy" &&
    body.max === Number.POSITIVE_INFINITY &&
    body.min <= 1 &&
    min <= 1 &&
    max > 0
  ) {
    return { ...body, min: body.min * min };
  }
  return { kind: "repeat", body, min, max, mode };
}
