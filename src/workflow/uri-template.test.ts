import { expect, test } from "bun:test";

import { ExpressionFailure, type Setting } from "./expression.ts";
import { fillUri } from "./uri-template.ts";

const setting: Setting = {
  input: { id: 7, "pet.id": "dotted", text: "a b/c?d&ü'*", yes: true, none: null, list: [1] },
  variables: {},
  nowMs: 0,
  budget: { spent: 0 },
};

test.each([
  ["https://x/{id}", "https://x/7"],
  ["https://x/{pet.id}", "https://x/dotted"],
  ["https://x?q={text}", "https://x?q=a%20b%2Fc%3Fd%26%C3%BC%27%2A"],
  ["https://x/{yes}/{none}/{missing}.", "https://x/true//."],
  ["https://x/{__proto__}{constructor}", "https://x/"],
  ['${ "https://x/\\(.id)/{id}" }', "https://x/7/{id}"],
  ["https://x/${ .id }/{id}", "https://x/7/7"],
])("%s becomes %s", (template, uri) => {
  expect(fillUri(template, setting)).toBe(uri);
});

test.each(["https://x/{list}", "${ .id }"])("%s is no URI", (template) => {
  expect(() => fillUri(template, setting)).toThrow(ExpressionFailure);
});

test("names are taken from an object alone", () => {
  expect(fillUri("https://x/{length}", { ...setting, input: "text" })).toBe("https://x/");
});
