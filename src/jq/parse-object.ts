import { accept, type Cursor, expect, failAt, nested, next, peek, unexpected } from "./cursor.ts";
import { KEYWORDS } from "./lexer.ts";
import { parseString } from "./parse-string.ts";
import type { ObjectEntry, Syntax } from "./syntax.ts";
import { IDENTITY, literal } from "./syntax.ts";

/** `{…}` from its opening brace on; a comma may end the list. */
export function parseObject(cursor: Cursor): Syntax {
  expect(cursor, "{");
  const entries: ObjectEntry[] = [];
  while (peek(cursor).kind !== "}") {
    entries.push(parseEntry(cursor));
    if (!accept(cursor, ",")) break;
  }
  if (peek(cursor).kind !== "}") throw unexpected(cursor, ["}", ","]);
  next(cursor);
  return { kind: "object", entries };
}

function parseEntry(cursor: Cursor): ObjectEntry {
  const token = peek(cursor);
  if (token.kind === "binding") return parseVariableEntry(cursor);
  if (token.kind === "$__loc__") {
    next(cursor);
    const line = cursor.source.slice(0, token.start).split("\n").length;
    return { key: literal("__loc__"), value: literal({ file: "<top-level>", line }) };
  }
  if (token.kind === "(") return parseComputedEntry(cursor);
  const key = parseKey(cursor);
  if (accept(cursor, ":")) return { key, value: parseValue(cursor) };
  return { key, value: { kind: "index", target: IDENTITY, key, optional: false } };
}

function parseKey(cursor: Cursor): Syntax {
  const token = peek(cursor);
  if (token.kind === "identifier" || KEYWORDS.has(token.kind)) return literal(next(cursor).text);
  if (token.kind === "string-start") return parseString(cursor, "text");
  if (token.kind !== "format") {
    if (token.kind !== "number") throw unexpected(cursor);
    throw failAt(cursor, "May need parentheses around object key expression", token);
  }
  next(cursor);
  return parseString(cursor, token.text);
}

/** `$name` stands for a key of that name, but `$name: …` for a key that the variable holds. */
function parseVariableEntry(cursor: Cursor): ObjectEntry {
  const token = next(cursor);
  const variable: Syntax = { kind: "variable", name: token.text, range: token };
  if (accept(cursor, ":")) return { key: variable, value: parseValue(cursor) };
  return { key: literal(token.text), value: variable };
}

function parseComputedEntry(cursor: Cursor): ObjectEntry {
  const opening = next(cursor);
  const key = cursor.parseQuery(cursor);
  const closing = expect(cursor, ")");
  if (key.kind === "literal" && typeof key.value !== "string") {
    const range = { start: opening.end, end: closing.start };
    const kind = key.value === null ? "null" : typeof key.value;
    throw failAt(cursor, `Cannot use ${kind} (${JSON.stringify(key.value)}) as object key`, range);
  }
  expect(cursor, ":");
  return { key, value: parseValue(cursor) };
}

/** Values take pipes but no commas. */
function parseValue(cursor: Cursor): Syntax {
  const left = cursor.parseExpression(cursor);
  if (!accept(cursor, "|")) return left;
  return { kind: "pipe", left, right: nested(cursor, parseValue) };
}
