import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function outputs(program: string, input: JsonValue): JsonValue[] {
  return [...compile(program, { variables: [] }).run(input, {}, { fuel: 1_000_000 })];
}

test.each<[program: string, input: JsonValue, wanted: JsonValue[]]>([
  ["[limit(2; .[])]", [1, 2, 3], [[1, 2]]],
  ["[limit(0; error)]", null, [[]]],
  ["[skip(1; .[])]", [1, 2, 3], [[2, 3]]],
  ["nth(1; .[])", [1, 2], [2]],
  ["first(.[])", [], []],
  ["last(.[])", [1, 2], [2]],
  ["isempty(.[])", [], [true]],
  ["any(.[]; . > 1), all(.[]; . > 1)", [1, 2], [true, false]],
  ["any(true, error; .)", null, [true]],
  ["until(. > 100; . * 2)", 3, [192]],
  ["[while(. < 10; . * 2)]", 1, [[1, 2, 4, 8]]],
  ["[recurse(if . < 2 then . + 1 else empty end)]", 0, [[0, 1, 2]]],
  ["[limit(3; repeat(.))]", 7, [[7, 7, 7]]],
  ["map(select(. > 1))", [1, 2, 3], [[2, 3]]],
  ["map(., .)", [1], [[1, 1]]],
  ["[path(limit(1; .a, .b))]", null, [[["a"]]]],
  [
    "[.[] | select(.a).b] ",
    [
      { a: true, b: 1 },
      { a: false, b: 2 },
    ],
    [[1]],
  ],
  ["[label $out | .[] | if . > 1 then ., break $out else . end]", [1, 2, 3], [[1, 2]]],
])("%s on %j gives %j", (program, input, wanted) => {
  expect(outputs(program, input)).toEqual(wanted);
});

test.each<[program: string, input: JsonValue, message: string]>([
  ["limit(-1; .)", 1, "limit doesn't support negative count"],
  ["nth(-1; .)", 1, "nth doesn't support negative indices"],
  ['error("no")', 1, "no"],
  ["error", { a: 1 }, '(not a string): {"a":1}'],
])("%s on %j fails: %s", (program, input, message) => {
  expect(() => outputs(program, input)).toThrow(message);
});
