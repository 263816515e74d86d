import { expect, test } from "bun:test";

import type { JsonValue } from "../../base/json.ts";
import { compile } from "../compile.ts";

function first(program: string, input: JsonValue = null): JsonValue | undefined {
  return compile(program).first(input, {}, { fuel: 2_000_000 });
}

test("a long list and a large object are made in one pass", () => {
  expect(first("reduce range(100000) as $i ([]; . + [$i]) | length")).toBe(100_000);
  expect(first("reduce range(100000) as $i ([]; .[$i] = $i) | add")).toBe(4_999_950_000);
  expect(first('reduce range(100000) as $i ({}; .["k\\($i)"] += 1) | length')).toBe(100_000);
});

test.each<[program: string, wanted: JsonValue]>([
  ["[1] as $start | reduce range(2) as $i ($start; . + [$i]) | [., $start]", [[1, 0, 1], [1]]],
  ["reduce range(3) as $i ([]; . + [.])", [[], [[]], [[], [[]]]]],
  ["reduce range(3) as $i ({}; .a = .)", { a: { a: { a: {} } } }],
  ['reduce range(2) as $i ({}; .["k\\($i)"] = [.])', { k0: [{}], k1: [{ k0: [{}] }] }],
  ["reduce range(2) as $i (null; . + [$i])", [0, 1]],
  ["[[5]] as $x | reduce range(2) as $i (null; . + $x[0]) | [., $x]", [[5, 5], [[5]]]],
  ["reduce range(3) as $i ([]; .[$i * 2] = $i)", [0, null, 1, null, 2]],
  ["reduce (1, 2) as $i ([0]; .[-1] += $i)", [3]],
  ["reduce (1, 2) as $i ({}; .n //= $i)", { n: 1 }],
  ["reduce (1, 2) as $i ({n: 1}; .n |= . * 10)", { n: 100 }],
  [
    "[limit(2; (reduce range(3) as $i ([]; . + [$i])), (reduce range(1) as $i ([]; . + [$i])))]",
    [[0, 1, 2], [0]],
  ],
  ["reduce range(2) as $i ([], [9]; . + [$i])", [0, 1]],
])("%s is %j", (program, wanted) => {
  expect(first(program)).toEqual(wanted);
});

test("the input is left alone", () => {
  const input = { list: [1], map: { a: 1 } };

  first("reduce range(3) as $i (.list; . + [$i]), reduce range(3) as $i (.map; .a += 1)", input);

  expect(input).toEqual({ list: [1], map: { a: 1 } });
});
