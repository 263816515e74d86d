import { accept, type Cursor, expect, nested, next, peek, unexpected } from "./cursor.ts";
import { KEYWORDS } from "./lexer.ts";
import { parseString } from "./parse-string.ts";
import type { FieldPattern, Pattern, Syntax } from "./syntax.ts";
import { literal } from "./syntax.ts";

/** The patterns behind `as`, one or several with `?//` between them. */
export function parsePatterns(cursor: Cursor): Pattern[] {
  const patterns = [parsePattern(cursor)];
  while (accept(cursor, "?//")) patterns.push(parsePattern(cursor));
  return patterns;
}

function parsePattern(cursor: Cursor): Pattern {
  return nested(cursor, () => {
    const token = peek(cursor);
    if (token.kind === "binding") return { kind: "name", name: next(cursor).text };
    if (accept(cursor, "[")) return { kind: "list", items: parseItems(cursor) };
    if (accept(cursor, "{")) return { kind: "fields", fields: parseFields(cursor) };
    throw unexpected(cursor, ["binding", "[", "{"]);
  });
}

function parseItems(cursor: Cursor): Pattern[] {
  const items: Pattern[] = [];
  do items.push(parsePattern(cursor));
  while (accept(cursor, ","));
  if (peek(cursor).kind !== "]") throw unexpected(cursor, ["]", ","]);
  next(cursor);
  return items;
}

function parseFields(cursor: Cursor): FieldPattern[] {
  const fields: FieldPattern[] = [];
  do fields.push(parseField(cursor));
  while (accept(cursor, ","));
  if (peek(cursor).kind !== "}") throw unexpected(cursor, ["}", ","]);
  next(cursor);
  return fields;
}

function parseField(cursor: Cursor): FieldPattern {
  const token = peek(cursor);
  if (token.kind === "binding") {
    next(cursor);
    const value = accept(cursor, ":") ? parsePattern(cursor) : undefined;
    return { name: token.text, key: literal(token.text), value };
  }
  const key = parseKey(cursor);
  expect(cursor, ":");
  return { name: undefined, key, value: parsePattern(cursor) };
}

function parseKey(cursor: Cursor): Syntax {
  const token = peek(cursor);
  if (token.kind === "identifier" || KEYWORDS.has(token.kind)) return literal(next(cursor).text);
  if (token.kind === "string-start") return parseString(cursor, "text");
  if (!accept(cursor, "(")) throw unexpected(cursor);
  const key = cursor.parseQuery(cursor);
  expect(cursor, ")");
  return key;
}
