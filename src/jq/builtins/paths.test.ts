import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ["[path(..)]", { a: [1] }, [[[], ["a"], ["a", 0]]]],
  ["[paths]", [[1]], [[[0], [0, 0]]]],
  ['[paths(type == "number")]', { a: [1] }, [[["a", 0]]]],
  ['getpath(["a", 0])', { a: [5] }, [5]],
  ['getpath(["a", "b"])', null, [null]],
  ['setpath(["a", 1]; 2)', null, [{ a: [null, 2] }]],
  ["delpaths([[0], [2]])", [1, 2, 3], [[2]]],
  ["del(.[1], .[-6], .[2], .[-3:9])", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [[0, 3, 5, 6, 9]]],
  ["del(.a.b)", { a: { b: 1, c: 2 } }, [{ a: { c: 2 } }]],
  ["del(.[] | select(. > 1))", [1, 2, 3], [[1]]],
  ["pick(.a.b, .c[1])", { a: { b: 1, x: 2 }, c: [3, 4] }, [{ a: { b: 1 }, c: [null, 4] }]],
  [".a.b |= . + 1", { a: { b: 1 } }, [{ a: { b: 2 } }]],
  [".[] |= empty", [1, 2], [[]]],
  [".a.b |= empty", {}, [{}]],
  [".a += (1, 2)", { a: 1 }, [{ a: 2 }, { a: 3 }]],
  [".a //= 3, .b //= 3", { a: 1 }, [{ a: 1 }, { a: 1, b: 3 }]],
  [".[1:] = [9]", [1, 2, 3], [[1, 9]]],
  [".[-1] = 9", [1, 2], [[1, 9]]],
  ["(.a, .b) = 1", null, [{ a: 1, b: 1 }]],
  ["(.[] | select(.x) | .y) |= 1", [{ x: 1 }, { x: null }], [[{ x: 1, y: 1 }, { x: null }]]],
  ['.. |= (if type == "number" then . + 1 else . end)', [1, [2]], [[2, [3]]]],
  ["to_entries", { a: 1 }, [[{ key: "a", value: 1 }]]],
  ["fromstream(tostream)", { a: [1, { b: 2 }] }, [{ a: [1, { b: 2 }] }]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["path(1)", null, "Invalid path expression with result 1"],
  [
    ".a | path(tojson | .b)",
    { a: 1 },
    'Invalid path expression near attempt to access element "b" of "1"',
  ],
  [".[-3] = 1", [1], "Out of bounds negative array index"],
  ["delpaths(0)", null, "Paths must be specified as an array"],
  [".a = 1", [1], 'Cannot index array with string ("a")'],
  ["getpath([range(10001) | 0])", null, "Path too deep"],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
