import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ["length, utf8bytelength", "é😀", [2, 6]],
  [".[1:], .[:1]", "😀ab", ["ab", "😀"]],
  ["explode | implode", "a😀", ["a😀"]],
  [
    'split(", "), (. / "b")',
    "a, b",
    [
      ["a", "b"],
      ["a, ", ""],
    ],
  ],
  ['split("")', "a😀", [["a", "😀"]]],
  ['join("-")', ["a", 1, null, true], ["a-1--true"]],
  ['ltrimstr("a"), rtrimstr("a"), trimstr("a")', "aba", ["ba", "ab", "b"]],
  ["trim, ltrim, rtrim", " a ", ["a", "a ", " a"]],
  ["ascii_downcase, ascii_upcase", "aÉB", ["aÉb", "AÉB"]],
  ["tonumber", "-1.5e1", [-15]],
  ["toboolean", "true", [true]],
  ["tojson", "a\n", ['"a\\u007f\\n"']],
  [
    "@html, @uri, @sh, @base64, @base32",
    "<é'>",
    ["&lt;é&apos;&gt;", "%3C%C3%A9%27%3E", "'<é'\\''>'", "PMOpJz4=", "HTB2SJZ6"],
  ],
  ["@base64d", "Zm/Ds2Jhcgo", ["foóbar\n"]],
  ["@base32d", "HTB2SJZ6", ["<é'>"]],
  ["@urid", "%3C%C3%A9", ["<é"]],
  ["@csv, @tsv", [1, 'a"b\t', null, true], ['1,"a""b\t",,true', '1\ta"b\\t\t\ttrue']],
  ['@json "v: \\(.)", @sh "echo \\(.)"', "a b", ['v: "a b"', "echo 'a b'"]],
  [". * 2, . * 0, . * -1", "ab", ["abab", "", null]],
  ['"\\(1, 2)-\\(3, 4)"', null, ["1-3", "2-3", "1-4", "2-4"]],
  ["fromjson", "[null, 1]", [[null, 1]]],
  ["fromjson | isnan", "nan", [true]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["tonumber", "1x", 'string ("1x") cannot be parsed as a number'],
  ["fromjson", "{a", "Invalid numeric literal at EOF at line 1, column 2 (while parsing '{a')"],
  ["@base64d", "a", "trailing base64 byte found"],
  ["ltrimstr(1)", "a", "startswith() requires string inputs"],
  [". * 1e9", "abc", "Repeat string result too long"],
  ["@foo", "a", "foo is not a valid format"],
  ["implode", ["a"], "unicode codepoint needs to be numeric"],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
