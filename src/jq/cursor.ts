import { JqSyntaxError } from "./errors.ts";
import type { Token } from "./lexer.ts";
import type { SourceRange } from "./source.ts";
import type { Syntax } from "./syntax.ts";

/** Deeper than any person writes, and shallow enough for every later walk over the tree. */
const DEPTH_MAX = 1_000;

/** The parser's place in the tokens. The grammar calls itself through `parseQuery` and `parseExpression`. */
export interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  position: number;
  depth: number;
  /** Every call so far, as `name/arity`. */
  readonly calls: string[];
  readonly parseQuery: (cursor: Cursor) => Syntax;
  readonly parseExpression: (cursor: Cursor) => Syntax;
}

export function peek(cursor: Cursor, ahead = 0): Token {
  const token = cursor.tokens[cursor.position + ahead] ?? cursor.tokens.at(-1);
  if (token === undefined) throw new Error("unreachable: a token list always has an end");
  return token;
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.position += 1;
  return token;
}

/** Takes the next token when it is of that kind. */
export function accept(cursor: Cursor, kind: string): boolean {
  if (peek(cursor).kind !== kind) return false;
  cursor.position += 1;
  return true;
}

export function expect(cursor: Cursor, kind: string): Token {
  const token = peek(cursor);
  if (token.kind !== kind) throw unexpected(cursor, [kind]);
  return next(cursor);
}

/** Runs one rule of the grammar, and refuses a program that nests without end. */
export function nested<Result>(cursor: Cursor, rule: (cursor: Cursor) => Result): Result {
  deepen(cursor);
  const result = rule(cursor);
  cursor.depth -= 1;
  return result;
}

/** Counts a level that a loop of the grammar adds to the tree; the loop's rule sets the depth back. */
export function deepen(cursor: Cursor): void {
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) {
    throw failAt(cursor, `the program nests deeper than ${DEPTH_MAX} levels`, peek(cursor));
  }
}

/** Says which token is out of place, in the words of jq's own parser. */
export function unexpected(cursor: Cursor, expected: readonly string[] = []): JqSyntaxError {
  const token = peek(cursor);
  const wanted =
    expected.length > 0 && expected.length <= 4
      ? `, expecting ${expected.map(nameOf).join(" or ")}`
      : "";
  return failAt(cursor, `syntax error, unexpected ${nameOf(token.kind)}${wanted}`, token);
}

export function failAt(
  cursor: Cursor,
  message: string,
  range: SourceRange,
  hint?: string,
): JqSyntaxError {
  return new JqSyntaxError(message, { text: cursor.source, range, hint });
}

const NAMES: Readonly<Record<string, string>> = {
  identifier: "IDENT",
  field: "FIELD",
  binding: "BINDING",
  number: "LITERAL",
  format: "FORMAT",
  text: "QQSTRING_TEXT",
  "string-start": "QQSTRING_START",
  "string-end": "QQSTRING_END",
  "interpolation-start": "QQSTRING_INTERP_START",
  "interpolation-end": "QQSTRING_INTERP_END",
  "end-of-text": "end of file",
  INVALID_CHARACTER: "INVALID_CHARACTER",
};

function nameOf(kind: string): string {
  const name = NAMES[kind];
  if (name !== undefined) return name;
  return /^(?:[a-z]{2,}|.{2,}|\$__loc__)$/.test(kind) ? kind : `'${kind}'`;
}
