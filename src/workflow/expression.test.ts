import { expect, test } from "bun:test";

import type { JsonValue } from "../base/json.ts";
import { evaluate, ExpressionFailure, fill, isTrue, type Setting } from "./expression.ts";

const setting: Setting = {
  input: { n: 1, text: "hi", none: null },
  variables: { context: { a: 2 } },
  nowMs: 1_000,
  budget: { spent: 0 },
};

test.each<[string, JsonValue]>([
  [".n", 1],
  ["${ .n }", 1],
  [".n + $context.a", 3],
  ["{ n }", { n: 1 }],
  ["${ .text } ${ .n }", null],
])("a field that is an expression: %s", (text, value) => {
  if (value === null) expect(() => evaluate(text, setting)).toThrow(ExpressionFailure);
  else expect(evaluate(text, setting)).toEqual(value);
});

test.each([
  [".n", true],
  [".none", false],
  ["false", false],
  ["0", true],
  ['""', true],
  ["empty", false],
])("as a condition %s is %p", (text, truth) => {
  expect(isTrue(text, setting)).toBe(truth);
});

test("now is the time of the journal", () => {
  expect(evaluate("now", setting)).toBe(1);
});

test("fills texts at any depth and leaves keys alone", () => {
  const template = { "${ .n }": ["${ .n }", { a: "n=${ .n }" }], b: 5, c: null };

  expect(fill(template, setting, "strict")).toEqual({
    "${ .n }": [1, { a: "n=1" }],
    b: 5,
    c: null,
  });
});

test("a text that an expression gives is not evaluated again", () => {
  const evil: Setting = { ...setting, input: { evil: "${ $context.a }" } };

  expect(fill("${ .evil }", evil, "strict")).toBe("${ $context.a }");
  expect(fill("${ .evil }", evil, "loose")).toBe("${ $context.a }");
  expect(fill("x ${ .evil }", evil, "strict")).toBe("x ${ $context.a }");
});

test("loose mode evaluates what it can and keeps the rest as text", () => {
  expect(fill([".n + 1", "hello", ".n + {}", " "], setting, "loose")).toEqual([
    2,
    "hello",
    ".n + {}",
    " ",
  ]);
});

test("a failure names the expression and the reason", () => {
  expect(() => evaluate(".text + 1", setting)).toThrow(/cannot be added in the expression: \.text/);
});

test("a long expression is named by its beginning", () => {
  const long = `.text + 1 ${"# x\n".repeat(5_000)}`;

  expect(() => evaluate(long, setting)).toThrow(/^.{400,700}…$/s);
});

test("an expression without end is stopped by its fuel", () => {
  expect(() => evaluate("last(repeat(1))", setting)).toThrow(ExpressionFailure);
});
