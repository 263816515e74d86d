import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readRunInput } from "./input.ts";

const folder = mkdtempSync(join(tmpdir(), "stigmer-input-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "input.json"), '{"name": "Ada", "age": 1}');

test.each([
  [undefined, [], undefined],
  ['{"a": 1}', [], { a: 1 }],
  ["[1]", [], [1]],
  ["null", [], null],
  [`@${join(folder, "input.json")}`, ["age=36"], { name: "Ada", age: 36 }],
  [
    undefined,
    ["name=Ada", "age=36", "tags=[1,2]", "ok=true"],
    { name: "Ada", age: 36, tags: [1, 2], ok: true },
  ],
  [undefined, ["text=a=b", "empty=", 'quoted="36"'], { text: "a=b", empty: "", quoted: "36" }],
])("--input %p with -i %p is %p", async (whole, fields, expected) => {
  expect(await readRunInput(whole, fields)).toEqual(expected as never);
});

test.each([
  ["{name: 1}", [], "--input is not JSON"],
  [undefined, ["name"], '"-i" takes KEY=VALUE, not "name"'],
  ["[1]", ["a=1"], '"-i" adds a field to an object'],
  ["null", ["a=1"], '"-i" adds a field to an object'],
  ['{"a": [-1e400]}', [], "a number is beyond 1.7976931348623157e+308"],
  [undefined, ["a=1e400"], "-i a: a number is beyond"],
  [`@${join(folder, "missing.json")}`, [], "there is no file"],
])("--input %p with -i %p is refused", async (whole, fields, message) => {
  expect(readRunInput(whole, fields)).rejects.toThrow(message);
});
