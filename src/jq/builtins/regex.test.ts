import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ['test("B"; "i"), test(["B", "i"]), test("B")', "abc", [true, true, false]],
  [
    'match("(?<x>b)(z)?")',
    "abc",
    [
      {
        offset: 1,
        length: 1,
        string: "b",
        captures: [
          { offset: 1, length: 1, string: "b", name: "x" },
          { offset: -1, length: 0, string: null, name: null },
        ],
      },
    ],
  ],
  ['[match("."; "g").offset]', "😀a😀", [[0, 1, 2]]],
  ['capture("(?<l>[a-z]+)-(?<d>[0-9]+)")', "xy-14", [{ l: "xy", d: "14" }]],
  [
    '[scan("[a-c]")], [scan("(a)(x)?")]',
    "abca",
    [
      ["a", "b", "c", "a"],
      [
        ["a", null],
        ["a", null],
      ],
    ],
  ],
  ['split(",\\\\s*"; null)', "a, b,c", [["a", "b", "c"]]],
  ['[splits("b")]', "abc", [["a", "c"]]],
  ['sub("(?<x>[a-z])"; "<\\(.x)>"), gsub("[bc]"; "-")', "abc", ["<a>bc", "a--"]],
  ['[gsub("a"; "b", "c")]', "aa", [["bb", "cc"]]],
  ['gsub(""; "-")', "ab", ["-a-b-"]],
  ['gsub("^"; "x")', "ab", ["xab"]],
  ['[match("a|ab"; "l").length]', "ab", [[2]]],
  ['[match("b*"; "n").offset]', "ab", [[1]]],
  ['test("a b # c"; "x")', "ab", [true]],
  ['[match("a.b").offset], [match("a.b"; "p").offset]', "a\nb", [[], [0]]],
  ['[match("^."; "g").offset], [match("(?m)^."; "g").offset]', "a\nb", [[0], [0, 2]]],
  [
    'test("(?<=o)b"), test("(?<!o)b"), test("o(?=b)"), test("o(?!b)")',
    "ob",
    [true, false, true, false],
  ],
  [
    'test("(a)\\\\1"), test("(?<q>a)\\\\k<q>"), test("(?>a+)a"), test("a++a")',
    "aa",
    [true, true, false, false],
  ],
  [
    '[scan("[[:alpha:]]+")], [scan("\\\\p{Lu}")], [scan("[^\\\\W\\\\d]+")], [scan("[a-z&&[^b]]")]',
    "abÉ1",
    [["abÉ"], ["É"], ["abÉ"], ["a"]],
  ],
  [
    '[match("a{2}").length], [match("a{1,}?").length], [match("(?:ab?){2,3}").length]',
    "aaab",
    [[2], [1], [4]],
  ],
  ['test("\\\\Aa\\\\Z"), test("\\\\Aa\\\\z"), test("\\\\Qa.\\\\E")', "a\n", [true, false, false]],
  ['[match("(?:(a)|(b))*").captures[].string]', "ab", [["a", "b"]]],
  ['[match("foo\\\\Kbar").offset]', "foobar", [[3]]],
  ['test("(?<p>\\\\((?:[^()]|\\\\g<p>)*\\\\))$")', "((a)b)", [true]],
  ['test("(a)?(?(1)b|c)$")', "ab", [true]],
  ['("a" * 100000) | test("^(?:a|b)*$")', null, [true]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ['test("(")', "a", "Regex failure: end pattern with unmatched parenthesis"],
  ['test("[")', "a", "Regex failure: premature end of char-class"],
  ['test("*")', "a", "Regex failure: target of repeat operator is not specified"],
  ['test("a"; "q")', "a", "q is not a valid modifier string"],
  ['test("\\\\p{Foo}")', "a", "invalid character property name {Foo}"],
  ['test("\\\\1")', "a", "invalid backref number/name"],
  ['test("a")', 1, "number (1) cannot be matched, as it is not a string"],
  ["test(1)", "a", "number not a string or array"],
  ['test("a{2,1}")', "a", "upper is smaller than lower in repeat range"],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
