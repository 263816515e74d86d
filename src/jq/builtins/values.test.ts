import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  [
    "[range(3)], [range(1; 3)], [range(0; 10; 4)], [range(3; 0; -2)]",
    null,
    [
      [0, 1, 2],
      [1, 2],
      [0, 4, 8],
      [3, 1],
    ],
  ],
  [
    "[.[] | type]",
    [null, true, 1, "a", [], {}],
    [["null", "boolean", "number", "string", "array", "object"]],
  ],
  ["[.[] | length]", [null, -2, "ab", [1], {}], [[0, 2, 2, 1, 0]]],
  ['has("a"), has("b")', { a: null }, [true, false]],
  [
    "keys, keys_unsorted",
    { b: 1, a: 2 },
    [
      ["a", "b"],
      ["b", "a"],
    ],
  ],
  [
    "from_entries",
    [
      { name: "a", value: 1 },
      { key: "b", Value: null },
    ],
    [{ a: 1, b: null }],
  ],
  ["with_entries(.value += 1)", { a: 1 }, [{ a: 2 }]],
  ["[inputs]", 1, [[]]],
  ['. * {"a": {"c": 2}}', { a: { b: 1 } }, [{ a: { b: 1, c: 2 } }]],
  [
    "[1e17, 1e15, 1e-5, 0.0001, 123456789012345678, 1.5e300 | tojson]",
    null,
    [["1e+17", "1000000000000000", "1e-05", "0.0001", "123456789012345680", "1.5e+300"]],
  ],
  ["toarray, (toarray | toarray)", 1, [[1], [1]]],
  ["$__loc__.line, ($ENV | length), (env | length)", null, [1, 0, 0]],
  ['builtins | map(select(. == "map/1" or . == "walk/1")) | sort', null, [["map/1", "walk/1"]]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["keys", 1, "number (1) has no keys"],
  ["has(0)", {}, "Cannot check whether object has a number key"],
  ['range("a")', null, "Range bounds must be numeric"],
  ["{(.): 1}", 1, "Cannot use number (1) as object key"],
  ["input", null, "break"],
  [
    ". + 1",
    { a: "a value that is far too long to print" },
    'object ({"a":"a value that is far...}) and number (1) cannot be added',
  ],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
