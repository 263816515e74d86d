import { expect, test } from "bun:test";

import { suggest } from "./suggest.ts";

test.each([
  ["folow", ["follow", "file"], "follow"],
  ["aplpy", ["apply", "validate"], "apply"],
  ["Docment", ["document", "do"], "document"],
])("%s means %p", (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
});

test("suggests nothing when nothing is near", () => {
  expect(suggest("zebra", ["apply", "validate"])).toBeUndefined();
});
