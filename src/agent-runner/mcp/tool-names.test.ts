import { expect, test } from "bun:test";

import { nameTools } from "./tool-names.ts";

test("a tool is named after its server", () => {
  expect(nameTools([{ server: "git-hub", tool: "list.issues" }])).toEqual(["git-hub__list_issues"]);
});

test("names that would be equal or too long get a digest of what they stand for", () => {
  const long = "x".repeat(100);
  const names = nameTools([
    { server: "a", tool: "b.c" },
    { server: "a", tool: "b_c" },
    { server: "a", tool: long },
  ]);

  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toMatch(/^a__[\w-]{1,61}$/);
  expect(nameTools([{ server: "a", tool: long }])[0]).toBe(names[2] ?? "");
});
