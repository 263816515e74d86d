import { expect, test } from "bun:test";

import { type InputIssue, StigmerError } from "../base/errors.ts";
import { isJsonObject } from "../base/json.ts";
import { parseWorkflow, parseWorkflowValue } from "./parse.ts";
import { parseYamlDocuments } from "./source.ts";

const head = "document: { dsl: '1.0.3', namespace: test, name: test, version: '0.1.0' }\n";

test("gives the document as it was written", () => {
  const document = parseWorkflow(`${head}do:\n  - greet:\n      set: { a: 1 }\n`);

  expect(document.do).toEqual([{ greet: { set: { a: 1 } } }]);
  expect(document.document.name).toBe("test");
});

test("points at the field that is unknown and says which was meant", () => {
  const [issue] = issuesOf(
    `${head}do:\n  - greet:\n      set: { a: 1 }\n      ouput: { as: .a }\n`,
  );

  expect(issue).toMatchObject({
    message: 'unknown field "ouput"',
    file: "w.yaml",
    line: 5,
    column: 7,
    pointer: "/do/0/greet/ouput",
    suggestion: "output",
    got: '"ouput"',
  });
});

test("points at the value of a wrong kind", () => {
  const [issue] = issuesOf(`${head}do:\n  - nap:\n      wait: 5\n`);

  expect(issue).toMatchObject({ line: 4, column: 13, pointer: "/do/0/nap/wait", got: "5" });
  expect(issue?.expected).toContain("ISO 8601");
});

test("names the field that is missing and the nearest place that is there", () => {
  const [issue] = issuesOf(`${head}do:\n  - get:\n      call: http\n      with: { method: get }\n`);

  expect(issue).toMatchObject({
    message: '"endpoint" is missing',
    pointer: "/do/0/get/with/endpoint",
    line: 5,
    column: 7,
  });
});

test("takes a misspelt required field for one mistake, not two", () => {
  const issues = issuesOf(
    `${head}do:\n  - get:\n      call: http\n      with: { metod: get, endpoint: "http://x" }\n`,
  );

  expect(issues.map(({ message }) => message)).toEqual(['unknown field "metod"']);
  expect(issues[0]?.suggestion).toBe("method");
});

test.each([
  ["two kinds in one task", "- x: { set: { a: 1 }, wait: PT1S }", "wait", 'both "set" and "wait"'],
  ["two names in one item", "- a: { wait: PT1S }\n  b: { wait: PT1S }", "b", 'not "a", "b"'],
  ["no kind", "- x: { then: end }", "x", "no kind"],
  ["a misspelt kind", "- x: { wiat: PT1S }", "wiat", 'unknown kind of task "wiat"'],
  ["an empty set", "- x: { set: {} }", "set", "at least one field"],
  [
    "an unknown method of reading",
    "- x: { listen: { to: { any: [] }, read: dta } }",
    "read",
    "envelope",
  ],
])("tells of %s in the words of its task", (_what, task, token, words) => {
  const [issue] = issuesOf(`${head}do:\n${task}\n`);

  expect(issue?.pointer.split("/").at(-1)).toBe(token);
  expect(`${issue?.message} ${issue?.expected}`).toContain(words);
});

test("says how a list of tasks is written to whoever writes a map", () => {
  const [issue] = issuesOf(`${head}do: { greet: { wait: PT1S } }\n`);

  expect(issue).toMatchObject({
    message: 'wrong value for "do"',
    expected: 'a list of tasks, each written "- name: …"',
    got: "an object",
  });
});

test.each([
  ["then: nowhere", "then", "nowhere", undefined],
  ["then: secnd", "then", "secnd", "second"],
  ["timeout: lng", "timeout", "lng", "long"],
])("refuses %s before anything runs", (field, token, got, suggestion) => {
  const issues = issuesOf(
    `${head}use: { timeouts: { long: { after: PT1H } } }\ndo:\n  - first:\n      wait: PT1S\n      ${field}\n  - second: { wait: PT1S }\n`,
  );

  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatchObject({ pointer: `/do/0/first/${token}`, line: 6, got: `"${got}"` });
  expect(issues[0]?.suggestion).toBe(suggestion);
});

test("finds dangling names inside nested tasks", () => {
  const issues = issuesOf(`${head}do:
  - outer:
      do:
        - pick: { switch: [{ a: { then: outer } }] }
        - risky:
            try: [{ bad: { raise: { error: gone } } }]
            catch: { retry: often, then: away }
        - get:
            call: http
            with: { method: get, endpoint: { uri: "http://x", authentication: { use: who } } }
`);

  expect(issues.map(({ pointer }) => pointer)).toEqual([
    "/do/0/outer/do/0/pick/switch/0/a/then",
    "/do/0/outer/do/1/risky/catch/then",
    "/do/0/outer/do/1/risky/catch/retry",
    "/do/0/outer/do/1/risky/try/0/bad/raise/error",
    "/do/0/outer/do/2/get/with/endpoint/authentication/use",
  ]);
});

test("refuses a target whose name is not unique in its list", () => {
  const issues = issuesOf(
    `${head}do:\n  - a: { wait: PT1S, then: b }\n  - b: { wait: PT1S }\n  - b: { wait: PT2S }\n`,
  );

  expect(issues[0]?.message).toBe('"b" names 2 tasks of this list');
});

test("a workflow inside a manifest is located in the manifest", () => {
  const [source] = parseYamlDocuments(`kind: Workflow\nspec:\n  ${head}  do: 5\n`, "m.yaml");

  const [issue] = issuesFrom(() =>
    parseWorkflowValue(isJsonObject(source?.value) ? (source.value["spec"] ?? null) : null, {
      file: "m.yaml",
      pointer: "/spec",
      locate: source?.locate,
    }),
  );

  expect(issue).toMatchObject({ file: "m.yaml", line: 4, column: 7, pointer: "/spec/do" });
});

test.each(["", "---\n", "# only a comment\n"])("an empty text is no workflow", (text) => {
  expect(() => parseWorkflow(text)).toThrow("empty");
});

test("two documents are not one workflow", () => {
  const one = `${head}do: []\n`;

  expect(() => parseWorkflow(`${one}---\n${one}`)).toThrow("more than one document");
});

function issuesOf(text: string): readonly InputIssue[] {
  return issuesFrom(() => parseWorkflow(text, { file: "w.yaml" }));
}

function issuesFrom(parse: () => unknown): readonly InputIssue[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof StigmerError) return error.issues;
    throw error;
  }
  throw new Error("unreachable: the document was accepted");
}
