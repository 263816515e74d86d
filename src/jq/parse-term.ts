import {
  accept,
  type Cursor,
  deepen,
  expect,
  failAt,
  nested,
  next,
  peek,
  unexpected,
} from "./cursor.ts";
import type { Token } from "./lexer.ts";
import { parseObject } from "./parse-object.ts";
import { parsePatterns } from "./parse-pattern.ts";
import { parseString } from "./parse-string.ts";
import type { Syntax } from "./syntax.ts";
import { IDENTITY, literal } from "./syntax.ts";

/** A term with everything that is written behind it: `.a`, `[0]`, `[]`, `?`. */
export function parseTerm(cursor: Cursor): Syntax {
  const depth = cursor.depth;
  let term = parseHead(cursor);
  for (;;) {
    const longer = parseSuffix(cursor, term);
    if (longer === undefined) break;
    term = longer;
    deepen(cursor);
  }
  cursor.depth = depth;
  return term;
}

function parseSuffix(cursor: Cursor, target: Syntax): Syntax | undefined {
  const token = peek(cursor);
  if (token.kind === "field") {
    next(cursor);
    return index(cursor, target, literal(token.text));
  }
  if (token.kind === "?") {
    next(cursor);
    return { kind: "try", body: target, handler: undefined };
  }
  if (token.kind === "[") {
    next(cursor);
    return parseBracket(cursor, target);
  }
  if (token.kind !== ".") return undefined;
  next(cursor);
  const after = peek(cursor);
  if (accept(cursor, "[")) return parseBracket(cursor, target);
  if (after.kind === "string-start" || after.kind === "format") {
    return index(cursor, target, parseFormatString(cursor));
  }
  throw unexpected(cursor, ["format", "string-start", "["]);
}

function index(cursor: Cursor, target: Syntax, key: Syntax): Syntax {
  return { kind: "index", target, key, optional: accept(cursor, "?") };
}

/** What follows an opening bracket behind a term: nothing, a key, or a slice. */
function parseBracket(cursor: Cursor, target: Syntax): Syntax {
  if (accept(cursor, "]")) return { kind: "iterate", target, optional: accept(cursor, "?") };
  if (accept(cursor, ":")) {
    const to = cursor.parseQuery(cursor);
    return finishSlice(cursor, { target, from: undefined, to });
  }
  const key = cursor.parseQuery(cursor);
  if (accept(cursor, ":")) {
    const to = peek(cursor).kind === "]" ? undefined : cursor.parseQuery(cursor);
    return finishSlice(cursor, { target, from: key, to });
  }
  expect(cursor, "]");
  return index(cursor, target, key);
}

function finishSlice(
  cursor: Cursor,
  slice: { target: Syntax; from: Syntax | undefined; to: Syntax | undefined },
): Syntax {
  expect(cursor, "]");
  return { kind: "slice", ...slice, optional: accept(cursor, "?") };
}

function parseHead(cursor: Cursor): Syntax {
  const token = peek(cursor);
  const rule = HEADS.get(token.kind);
  if (rule === undefined) throw unexpected(cursor);
  return rule(cursor, token);
}

const HEADS: ReadonlyMap<string, (cursor: Cursor, token: Token) => Syntax> = new Map([
  [".", parseDot],
  ["..", (cursor: Cursor): Syntax => (next(cursor), { kind: "recurse" })],
  [
    "field",
    (cursor, token): Syntax => (next(cursor), index(cursor, IDENTITY, literal(token.text))),
  ],
  ["number", (cursor, token): Syntax => (next(cursor), literal(toNumber(token.text)))],
  ["string-start", (cursor): Syntax => parseString(cursor, "text")],
  ["format", parseFormatString],
  ["-", parseNegation],
  ["(", parseParentheses],
  ["[", parseArray],
  ["{", parseObject],
  ["reduce", parseFold],
  ["foreach", parseFold],
  ["if", parseIf],
  ["try", parseTry],
  ["break", parseBreak],
  [
    "binding",
    (cursor, token): Syntax => (next(cursor), { kind: "variable", name: token.text, range: token }),
  ],
  ["$__loc__", parseLocation],
  ["identifier", parseCall],
]);

function parseDot(cursor: Cursor): Syntax {
  next(cursor);
  const token = peek(cursor);
  if (token.kind === "string-start" || token.kind === "format") {
    return index(cursor, IDENTITY, parseFormatString(cursor));
  }
  if (token.kind !== "identifier") return IDENTITY;
  throw failAt(cursor, 'try .["field"] instead of .field for unusually named fields', token);
}

/** A number that is too large for a double stands for the largest one, as jq prints it. */
function toNumber(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}

/** `@name` alone, or before a string whose interpolations it formats. */
function parseFormatString(cursor: Cursor): Syntax {
  if (peek(cursor).kind === "string-start") return parseString(cursor, "text");
  const format = next(cursor).text;
  return peek(cursor).kind === "string-start"
    ? parseString(cursor, format)
    : { kind: "format", format };
}

function parseNegation(cursor: Cursor): Syntax {
  next(cursor);
  const operand = nested(cursor, parseTerm);
  return { kind: "negate", operand };
}

function parseParentheses(cursor: Cursor): Syntax {
  next(cursor);
  const query = cursor.parseQuery(cursor);
  expect(cursor, ")");
  return query;
}

function parseArray(cursor: Cursor): Syntax {
  next(cursor);
  if (accept(cursor, "]")) return { kind: "array", items: undefined };
  const items = cursor.parseQuery(cursor);
  expect(cursor, "]");
  return { kind: "array", items };
}

function parseFold(cursor: Cursor, token: Token): Syntax {
  next(cursor);
  const source = cursor.parseExpression(cursor);
  expect(cursor, "as");
  const patterns = parsePatterns(cursor);
  expect(cursor, "(");
  const initial = cursor.parseQuery(cursor);
  expect(cursor, ";");
  const update = cursor.parseQuery(cursor);
  const kind = token.kind === "reduce" ? "reduce" : "foreach";
  const extract = kind === "foreach" && accept(cursor, ";") ? cursor.parseQuery(cursor) : undefined;
  expect(cursor, ")");
  return { kind, source, patterns, initial, update, extract };
}

function parseIf(cursor: Cursor): Syntax {
  next(cursor);
  const condition = cursor.parseQuery(cursor);
  expect(cursor, "then");
  const yes = cursor.parseQuery(cursor);
  if (peek(cursor).kind === "elif")
    return { kind: "if", condition, yes, no: nested(cursor, parseIf) };
  const no = accept(cursor, "else") ? cursor.parseQuery(cursor) : undefined;
  expect(cursor, "end");
  return { kind: "if", condition, yes, no };
}

function parseTry(cursor: Cursor): Syntax {
  next(cursor);
  const body = nested(cursor, parseTerm);
  const handler = accept(cursor, "catch") ? nested(cursor, parseTerm) : undefined;
  return { kind: "try", body, handler };
}

function parseBreak(cursor: Cursor, token: Token): Syntax {
  next(cursor);
  const label = peek(cursor);
  if (label.kind !== "binding") throw failAt(cursor, "break requires a label to break to", token);
  next(cursor);
  return { kind: "break", name: label.text, range: { start: token.start, end: label.end } };
}

function parseLocation(cursor: Cursor, token: Token): Syntax {
  next(cursor);
  const line = cursor.source.slice(0, token.start).split("\n").length;
  return literal({ file: "<top-level>", line });
}

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ["null", null],
  ["true", true],
  ["false", false],
]);

function parseCall(cursor: Cursor, token: Token): Syntax {
  next(cursor);
  const args: Syntax[] = [];
  if (accept(cursor, "(")) {
    do args.push(cursor.parseQuery(cursor));
    while (accept(cursor, ";"));
    expect(cursor, ")");
  }
  const constant = args.length === 0 ? CONSTANTS.get(token.text) : undefined;
  if (constant !== undefined) return literal(constant);
  cursor.calls.push(`${token.text}/${args.length}`);
  return { kind: "call", name: token.text, args, range: token };
}
