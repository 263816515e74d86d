import { expect, test } from "bun:test";

import { StigmerError } from "../base/errors.ts";
import { parseYamlDocuments } from "./source.ts";

test("gives each document of a file its value", () => {
  const documents = parseYamlDocuments("kind: A\n---\nkind: B\nlist: [1, null, true]\n---\n");

  expect(documents.map(({ value }) => value)).toEqual([
    { kind: "A" },
    { kind: "B", list: [1, null, true] },
  ]);
});

test("locates values, keys and the nearest ancestor of what is missing", () => {
  const [document] = parseYamlDocuments("a:\n  - b: 1\n    c: hello\n", "x.yaml");

  expect(document?.locate("/a/0/c")).toEqual({ line: 3, column: 8 });
  expect(document?.locate("/a/0/c", "key")).toEqual({ line: 3, column: 5 });
  expect(document?.locate("/a")).toEqual({ line: 1, column: 1 });
  expect(document?.locate("/a/0/zzz")).toEqual({ line: 2, column: 5 });
  expect(document?.file).toBe("x.yaml");
});

test("locates in a later document by the lines of the whole file", () => {
  const documents = parseYamlDocuments("a: 1\n---\nb:\n  c: 2\n");

  expect(documents[1]?.locate("/b/c")).toEqual({ line: 4, column: 6 });
});

test("locates keys that a JSON Pointer must escape", () => {
  const [document] = parseYamlDocuments('"a/b":\n  "c~d": 1\n');

  expect(document?.locate("/a~1b/c~0d", "key")).toEqual({ line: 2, column: 3 });
});

test("reads JSON, tabs and surrogate pairs included", () => {
  const [document] = parseYamlDocuments(
    '{\n\t"a": ["\\ud83d\\ude00", 1e3, "\\/"],\n\t"b": {}\n}\n',
  );

  expect(document?.value).toEqual({ a: ["😀", 1000, "/"], b: {} });
});

test.each([
  ["a duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "unique"],
  ["an unclosed list", "a: [1, 2\nb: 3\n", 2, 1, "flow"],
  ["a key that is a map", "? {x: 1}\n: 2\n", 1, 3, "plain name"],
  ["a number that is not one", "a: .nan\n", 1, 4, "JSON"],
  ["an unknown alias", "a: *nowhere\n", 1, 4, "nowhere"],
  ["an alias of itself", "a: &x [*x]\n", 1, 7, "nested"],
])("refuses %s with its place", (_what, text, line, column, words) => {
  const issues = issuesOf(text);

  expect(issues[0]).toMatchObject({ file: "w.yaml", line, column });
  expect(issues[0]?.message).toContain(words);
});

test("refuses a document that aliases blow up", () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? '"lol"' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => item).join(",")}]`;
  });

  expect(issuesOf(levels.join("\n"))[0]?.message).toContain("values, aliases included");
});

test("refuses a document that is nested without end", () => {
  expect(issuesOf("[".repeat(50_000))[0]?.message).toMatch(/nested/);
  expect(issuesOf(`${"[".repeat(300)}${"]".repeat(300)}`)[0]?.message).toContain("nested");
});

test("refuses a text that is too big to be a document", () => {
  expect(() => parseYamlDocuments(`a: ${"x".repeat(2_000_000)}`)).toThrow("more than 2000000");
});

test("keeps a key named __proto__ as data", () => {
  const [document] = parseYamlDocuments('{"__proto__": {"x": 1}}');

  expect(JSON.stringify(document?.value)).toBe('{"__proto__":{"x":1}}');
});

function issuesOf(text: string) {
  try {
    parseYamlDocuments(text, "w.yaml");
  } catch (error) {
    if (error instanceof StigmerError) return error.issues;
    throw error;
  }
  throw new Error("unreachable: the text was accepted");
}
