import { expect, test } from "bun:test";

import { tokenize } from "./lexer.ts";

const kinds = (source: string): string[] => tokenize(source).map(({ kind }) => kind);

test("keywords and punctuation are their own kind", () => {
  expect(kinds("if . then 1 else .a end")).toEqual([
    "if",
    ".",
    "then",
    "number",
    "else",
    "field",
    "end",
    "end-of-text",
  ]);
});

test("takes the longest operator", () => {
  expect(kinds(".a //= .b ?// .c // .. | .d?")).toEqual([
    "field",
    "//=",
    "field",
    "?//",
    "field",
    "//",
    "..",
    "|",
    "field",
    "?",
    "end-of-text",
  ]);
});

test("a keyword behind a dot or dollar is a name", () => {
  expect(tokenize(".and $end").map(({ kind, text }) => [kind, text])).toEqual([
    ["field", "and"],
    ["binding", "end"],
    ["end-of-text", ""],
  ]);
});

test("goes in and out of interpolations, also nested ones", () => {
  expect(kinds(String.raw`"a\("b\(1)" | (2))c"`)).toEqual([
    "string-start",
    "text",
    "interpolation-start",
    "string-start",
    "text",
    "interpolation-start",
    "number",
    "interpolation-end",
    "string-end",
    "|",
    "(",
    "number",
    ")",
    "interpolation-end",
    "text",
    "string-end",
    "end-of-text",
  ]);
});

test("skips comments, and a backslash keeps one from ending", () => {
  expect(kinds("1 # one\n+ 2 # two \\\n still two\n+ 3")).toEqual([
    "number",
    "+",
    "number",
    "+",
    "number",
    "end-of-text",
  ]);
});

test("decodes escapes", () => {
  const [, text] = tokenize(String.raw`"\t\u00e9\ud83d\ude00\/"`);

  expect(text?.text).toBe("\té😀/");
});

test("a string without an end is refused where it should end", () => {
  expect(() => tokenize('"abc')).toThrow("unexpected end of file");
});
