import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  [
    "sort",
    [null, "a", [1], { a: 1 }, 2, 1, true, false],
    [[null, false, true, 1, 2, "a", [1], { a: 1 }]],
  ],
  ["sort", ["😀", "￿"], [["￿", "😀"]]],
  [
    "sort_by(.b, .a)",
    [
      { a: 2, b: 1 },
      { a: 1, b: 2 },
      { a: 1, b: 1 },
    ],
    [
      [
        { a: 1, b: 1 },
        { a: 2, b: 1 },
        { a: 1, b: 2 },
      ],
    ],
  ],
  ["group_by(. % 2)", [1, 2, 3], [[[2], [1, 3]]]],
  ["unique_by(length)", ["aa", "b", "cc"], [["b", "aa"]]],
  ["unique", [2, 1, 2], [[1, 2]]],
  ["min, max, min_by(-.), max_by(-.)", [2, 1, 3], [1, 3, 3, 1]],
  ["min, max", [], [null, null]],
  ["reverse", [1, 2], [[2, 1]]],
  [
    "flatten, flatten(1)",
    [1, [2, [3]]],
    [
      [1, 2, 3],
      [1, 2, [3]],
    ],
  ],
  ["indices(1), index(1), rindex(1)", [1, 2, 1], [[0, 2], 0, 2]],
  ['indices("aa")', "aaa", [[0, 1]]],
  ['index("b")', "😀ab", [2]],
  [
    "transpose",
    [[1], [2, 3]],
    [
      [
        [1, 2],
        [null, 3],
      ],
    ],
  ],
  ["bsearch(2), bsearch(0)", [1, 2], [1, -1]],
  ["add, add(.[] * 2)", [1, 2], [3, 6]],
  [
    "combinations",
    [[1, 2], [3]],
    [
      [1, 3],
      [2, 3],
    ],
  ],
  ["INDEX(.id)", [{ id: "a" }, { id: "b" }], [{ a: { id: "a" }, b: { id: "b" } }]],
  ["IN(2), (2 | IN(1, 2))", [1], [false, true]],
  ['walk(if type == "array" then sort else . end)', [3, [2, 1]], [[3, [1, 2]]]],
  [". - [2]", [1, 2, 2], [[1]]],
  ['contains(["b"]), inside(["abc"])', ["abc"], [true, true]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["sort", {}, "object ({}) cannot be sorted, as it is not an array"],
  ["flatten(-1)", [1], "flatten depth must not be negative"],
  ["min", 1, "number (1) and number (1) cannot be iterated over"],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
