import { expect, test } from "bun:test";

import { JqSyntaxError } from "./errors.ts";
import { parse } from "./parser.ts";
import type { Syntax } from "./syntax.ts";

/** The tree of operators as fully bracketed text. */
function shape(syntax: Syntax): string {
  if (syntax.kind === "literal") return JSON.stringify(syntax.value);
  if (syntax.kind === "negate") return `-(${shape(syntax.operand)})`;
  if (syntax.kind === "bind") return `bind(${shape(syntax.source)}, ${shape(syntax.body)})`;
  if (syntax.kind === "try") return `try(${shape(syntax.body)})`;
  if (syntax.kind === "assign") {
    return `(${shape(syntax.target)}:${syntax.operator}${shape(syntax.value)})`;
  }
  if (!("left" in syntax)) return syntax.kind;
  const operator = syntax.kind === "binary" ? syntax.operator : ` ${syntax.kind} `;
  return `(${shape(syntax.left)}${operator}${shape(syntax.right)})`;
}

test.each([
  ["1 + 2 * 3 - 4", "((1+(2*3))-4)"],
  ["1 // 2 // 3", "(1 alternative (2 alternative 3))"],
  ["1 , 2 | 3 , 4", "((1 comma 2) pipe (3 comma 4))"],
  ["1 or 2 and 3", "(1 or (2 and 3))"],
  ["1 == 2 + 3", "(1==(2+3))"],
  [". = 1 // 2", "((identity:=1) alternative 2)"],
  ["1 + 2 as $x | $x", "bind((1+2), variable)"],
  ["1, 2 as $x | 3 | 4", "(1 comma bind(2, (3 pipe 4)))"],
  ["-1 + 2", "(-(1)+2)"],
  ["try 1 + 2", "(try(1)+2)"],
])("%s is %s", (source, bracketed) => {
  expect(shape(parse(source))).toBe(bracketed);
});

test("a program may be definitions only, and then passes its input on", () => {
  expect(parse("def f: 1;")).toMatchObject({ kind: "define", body: { kind: "identity" } });
});

test("an object may end in a comma", () => {
  expect(parse("{a: 1, }")).toMatchObject({ kind: "object" });
});

test.each([
  ["", 1, "identity"],
  ["  # nothing\n", 1, "identity"],
])("%p is the identity", (source) => {
  expect(parse(source)).toEqual({ kind: "identity" });
});

test.each([
  ["1 +", 1, 4, "unexpected end of file"],
  ["{a:", 1, 4, "unexpected end of file"],
  ["1 == 2 == 3", 1, 8, "unexpected =="],
  ["[1,\n  2", 2, 4, "unexpected end of file"],
  ["if 1 then 2", 1, 12, "unexpected end of file"],
  [". as [] | .", 1, 7, "expecting BINDING or '[' or '{'"],
  ["{1: 2}", 1, 2, "May need parentheses around object key expression"],
  [".[0", 1, 4, "expecting ']'"],
  ["break", 1, 1, "break requires a label to break to"],
  ['import "a" as a; 1', 1, 1, "import is not available"],
  ["}", 1, 1, "unexpected INVALID_CHARACTER"],
  ['"\\q"', 1, 2, "Invalid escape"],
])("%s is refused at %d:%d", (source, line, column, message) => {
  try {
    parse(source);
    throw new Error("was not refused");
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error;
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error.message).toContain(message);
  }
});

test.each(["[", "(", "-", "try ", "{a:", "1|", "1,", "1+", ".a", "if 1 then ", "def f: ", '"\\('])(
  "20,000 times %p is refused, and overflows no stack",
  (piece) => {
    expect(() => parse(`${piece.repeat(20_000)}1`)).toThrow("nests deeper");
  },
);
