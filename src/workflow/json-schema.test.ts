import { expect, test } from "bun:test";

import { compileSchema, mismatchOf } from "./json-schema.ts";

test("says where and why a value does not fit", () => {
  const schema = { properties: { a: { type: "integer" } }, required: ["a", "b"] };

  expect(mismatchOf(schema, { a: 1, b: 2 })).toBeUndefined();
  expect(mismatchOf(schema, { a: "x", b: 2 })).toBe("/a must be integer");
  expect(mismatchOf(schema, {})).toBe("the value must have required property 'a' (and 1 more)");
});

test("knows 2020-12 and draft 7 by what they say of themselves", () => {
  const tuple = { prefixItems: [{ type: "integer" }] };
  const draft7 = {
    $schema: "http://json-schema.org/draft-07/schema#",
    items: [{ type: "integer" }],
  };

  expect(mismatchOf(tuple, ["x"])).toBe("/0 must be integer");
  expect(mismatchOf(draft7, ["x"])).toBe("/0 must be integer");
});

test("two schemas may have the same $id", () => {
  expect(mismatchOf({ $id: "https://x/s", type: "string" }, 1)).toContain("string");
  expect(mismatchOf({ $id: "https://x/s", type: "number" }, "x")).toContain("number");
});

test("equal schemas are compiled once", () => {
  expect(compileSchema({ type: "string", minLength: 2 })).toBe(
    compileSchema({ minLength: 2, type: "string" }),
  );
});

test.each([{ type: "strin" }, 5, null, { $ref: "https://nowhere.test/s" }])(
  "%j is no JSON Schema",
  (schema) => {
    expect(() => compileSchema(schema)).toThrow();
  },
);
