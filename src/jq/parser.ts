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
import { tokenize } from "./lexer.ts";
import { parsePatterns } from "./parse-pattern.ts";
import { parseString } from "./parse-string.ts";
import { parseTerm } from "./parse-term.ts";
import type { BinaryOperator, Definition, Syntax } from "./syntax.ts";
import { IDENTITY } from "./syntax.ts";

/** Parses a whole program; throws a `JqSyntaxError` with jq's own message. */
export function parse(source: string): Syntax {
  const cursor = startCursor(source);
  skipModule(cursor);
  refuseImports(cursor);
  if (peek(cursor).kind === "end-of-text") return IDENTITY;
  if (!STARTS.test(peek(cursor).kind)) throw unexpected(cursor, ["end-of-text"]);
  const query = parseProgram(cursor);
  if (peek(cursor).kind !== "end-of-text") throw unexpected(cursor, ["end-of-text"]);
  return query;
}

/** Parses a list of definitions, as a library holds them. */
export function parseDefinitions(source: string): Definition[] {
  const cursor = startCursor(source);
  const definitions: Definition[] = [];
  while (peek(cursor).kind === "def") definitions.push(parseDefinition(cursor));
  if (peek(cursor).kind !== "end-of-text") throw unexpected(cursor, ["def"]);
  return definitions;
}

/** What no program begins with; anything else that is wrong shows later. */
const STARTS =
  /^(?!INVALID_CHARACTER$|[|,;:)\]}=<>+*/%?]|!=|and$|or$|as$|then$|else$|elif$|end$|catch$)/;

function startCursor(source: string): Cursor {
  const tokens = tokenize(source);
  return { source, tokens, position: 0, depth: 0, calls: [], parseQuery, parseExpression };
}

/** A program may be nothing but definitions; it then passes its input on. */
function parseProgram(cursor: Cursor): Syntax {
  if (peek(cursor).kind !== "def") return parseQuery(cursor);
  const definition = parseDefinition(cursor);
  const body = peek(cursor).kind === "end-of-text" ? IDENTITY : nested(cursor, parseProgram);
  return { kind: "define", definition, body };
}

function parseQuery(cursor: Cursor): Syntax {
  return nested(cursor, parsePipe);
}

function parsePipe(cursor: Cursor): Syntax {
  const token = peek(cursor);
  if (token.kind === "def") {
    const definition = parseDefinition(cursor);
    return { kind: "define", definition, body: parseQuery(cursor) };
  }
  if (token.kind === "label") return parseLabel(cursor);
  const left = parseComma(cursor);
  if (!accept(cursor, "|")) return left;
  return { kind: "pipe", left, right: parseQuery(cursor) };
}

function parseLabel(cursor: Cursor): Syntax {
  next(cursor);
  const name = expect(cursor, "binding").text;
  expect(cursor, "|");
  return { kind: "label", name, body: parseQuery(cursor) };
}

/** Items between commas. A definition, label or binding after a comma takes in all that follows, pipes too. */
function parseComma(cursor: Cursor): Syntax {
  const depth = cursor.depth;
  let left = parseBinding(cursor);
  while (peek(cursor).kind === ",") {
    next(cursor);
    const kind = peek(cursor).kind;
    const right = kind === "def" || kind === "label" ? parseQuery(cursor) : parseBinding(cursor);
    left = { kind: "comma", left, right };
    deepen(cursor);
  }
  cursor.depth = depth;
  return left;
}

function parseBinding(cursor: Cursor): Syntax {
  const source = parseExpression(cursor);
  if (!accept(cursor, "as")) return source;
  const patterns = parsePatterns(cursor);
  expect(cursor, "|");
  return { kind: "bind", source, patterns, body: parseQuery(cursor) };
}

function parseDefinition(cursor: Cursor): Definition {
  next(cursor);
  const name = expect(cursor, "identifier").text;
  const params: string[] = [];
  const values: string[] = [];
  if (accept(cursor, "(")) {
    do {
      const isValue = peek(cursor).kind === "binding";
      const param = isValue ? next(cursor).text : expect(cursor, "identifier").text;
      params.push(param);
      if (isValue) values.push(param);
    } while (accept(cursor, ";"));
    expect(cursor, ")");
  }
  expect(cursor, ":");
  const callsBefore = cursor.calls.length;
  const body = parseQuery(cursor);
  expect(cursor, ";");
  const isRecursive = cursor.calls.lastIndexOf(`${name}/${params.length}`) >= callsBefore;
  return { name, params, body: values.reduceRight(bindParameter, body), isRecursive };
}

function bindParameter(body: Syntax, name: string): Syntax {
  const source: Syntax = { kind: "call", name, args: [], range: { start: 0, end: 0 } };
  return { kind: "bind", source, patterns: [{ kind: "name", name }], body };
}

type Associativity = "left" | "right" | "none";
type Operator = readonly [level: number, associativity: Associativity];

/** All infix operators, the loosest first. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["//", [1, "right"]],
  ...["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="].map((text): [string, Operator] => [
    text,
    [2, "none"],
  ]),
  ["or", [3, "left"]],
  ["and", [4, "left"]],
  ...["==", "!=", "<", "<=", ">", ">="].map((text): [string, Operator] => [text, [5, "none"]]),
  ["+", [6, "left"]],
  ["-", [6, "left"]],
  ["*", [7, "left"]],
  ["/", [7, "left"]],
  ["%", [7, "left"]],
]);

function parseExpression(cursor: Cursor): Syntax {
  return nested(cursor, () => parseOperators(cursor, 1));
}

function parseOperators(cursor: Cursor, levelMin: number): Syntax {
  const depth = cursor.depth;
  let left = parseTerm(cursor);
  for (;;) {
    const token = peek(cursor);
    const operator = OPERATORS.get(token.kind);
    if (operator === undefined || operator[0] < levelMin) break;
    const [level, associativity] = operator;
    next(cursor);
    const right = nested(cursor, () =>
      parseOperators(cursor, associativity === "right" ? level : level + 1),
    );
    left = combine(token.kind, left, right);
    if (associativity === "none" && OPERATORS.get(peek(cursor).kind)?.[0] === level)
      throw unexpected(cursor);
    deepen(cursor);
  }
  cursor.depth = depth;
  return left;
}

function combine(operator: string, left: Syntax, right: Syntax): Syntax {
  switch (operator) {
    case "//":
      return { kind: "alternative", left, right };
    case "or":
    case "and":
      return { kind: operator, left, right };
    case "=":
    case "|=":
    case "//=":
      return { kind: "assign", operator, target: left, value: right };
    default:
      return isBinary(operator)
        ? { kind: "binary", operator, left, right }
        : { kind: "assign", operator: arithmeticOf(operator), target: left, value: right };
  }
}

function isBinary(operator: string): operator is BinaryOperator {
  return OPERATORS.get(operator)?.[0] !== 2;
}

function arithmeticOf(operator: string): "+" | "-" | "*" | "/" | "%" {
  switch (operator) {
    case "+=":
      return "+";
    case "-=":
      return "-";
    case "*=":
      return "*";
    case "/=":
      return "/";
    default:
      return "%";
  }
}

/** `module {…};` says something about the program and nothing to it. */
function skipModule(cursor: Cursor): void {
  if (!accept(cursor, "module")) return;
  requireMetadata(cursor);
  expect(cursor, ";");
}

/** Imports would need a file system, which a pure expression does not have. */
function refuseImports(cursor: Cursor): void {
  const token = peek(cursor);
  if (token.kind !== "import" && token.kind !== "include") return;
  next(cursor);
  const path = peek(cursor);
  if (parseString(cursor, "text").kind !== "literal") {
    const range = { start: path.start, end: lastEnd(cursor) };
    throw failAt(cursor, "Import path must be constant", range);
  }
  if (peek(cursor).kind !== "as" && peek(cursor).kind !== ";") requireMetadata(cursor);
  throw failAt(
    cursor,
    `${token.kind} is not available`,
    token,
    "write the definitions into the program itself",
  );
}

function requireMetadata(cursor: Cursor): void {
  const { start } = peek(cursor);
  const metadata = parseQuery(cursor);
  const range = { start, end: lastEnd(cursor) };
  if (!isConstant(metadata)) throw failAt(cursor, "Module metadata must be constant", range);
  if (metadata.kind !== "object") throw failAt(cursor, "Module metadata must be an object", range);
}

function lastEnd(cursor: Cursor): number {
  return peek(cursor, -1).end;
}

function isConstant(syntax: Syntax): boolean {
  if (syntax.kind === "array") return syntax.items === undefined || isConstant(syntax.items);
  if (syntax.kind === "comma") return isConstant(syntax.left) && isConstant(syntax.right);
  if (syntax.kind !== "object") return syntax.kind === "literal";
  return syntax.entries.every((entry) => isConstant(entry.key) && isConstant(entry.value));
}
