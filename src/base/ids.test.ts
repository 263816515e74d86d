import { expect, test } from "bun:test";

import { derivedId, isId, newId } from "./ids.ts";

test("a new id has the form of its kind and no other", () => {
  const id = newId("run");

  expect(isId("run", id)).toBe(true);
  expect(isId("agent", id)).toBe(false);
});

test("a derived id is the same for the same text and differs for another", () => {
  const id = derivedId("run", "run_1/call");

  expect(isId("run", id)).toBe(true);
  expect(derivedId("run", "run_1/call")).toBe(id);
  expect(derivedId("run", "run_1/call2")).not.toBe(id);
  expect(id).toMatch(/^run_.{12}8.{3}[89ab].{15}$/);
});
