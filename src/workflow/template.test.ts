import { expect, test } from "bun:test";

import { soleExpression, splitTemplate, UnclosedExpression } from "./template.ts";

test.each([
  ["plain words", ["plain words"]],
  ["${ .a }", ["${ .a }"]],
  ["a ${.b} c", ["a ", "${.b}", " c"]],
  ["${ {a: {b: 1}} }", ["${ {a: {b: 1}} }"]],
  ['${ "}" }!', ['${ "}" }', "!"]],
  ['${ "\\(.a + "}" | {x: .})" }.', ['${ "\\(.a + "}" | {x: .})" }', "."]],
  ['${ "a\\"}" } b', ['${ "a\\"}" }', " b"]],
  ["${ .a # }\n } b", ["${ .a # }\n }", " b"]],
  ["${.a}${.b}", ["${.a}", "${.b}"]],
  ["$ {x} $$", ["$ {x} $$"]],
  ["", []],
])("splits %j", (template, pieces) => {
  const segments = splitTemplate(template);

  const written = segments.map(({ kind, text }) => (kind === "expression" ? `\${${text}}` : text));
  expect(written).toEqual(pieces);
});

test("says where an expression stands", () => {
  const [, expression] = splitTemplate("ab ${ .c }");

  expect(expression).toEqual({ kind: "expression", text: " .c ", offset: 5 });
});

test.each(["x ${ .a", '${ "} ', "${ .a # }"])("%j is never closed", (template) => {
  expect(() => splitTemplate(template)).toThrow(UnclosedExpression);
});

test.each([
  [" ${ .a } \n", true],
  ["${ .a } ${ .b }", false],
  ["x ${ .a }", false],
  ["x", false],
])("%j is one expression: %p", (template, isSole) => {
  expect(soleExpression(splitTemplate(template)) !== undefined).toBe(isSole);
});
