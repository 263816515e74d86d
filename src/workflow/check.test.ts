import { expect, test } from "bun:test";

import { type InputIssue, StigmerError } from "../base/errors.ts";
import { placeOf } from "../dsl/issues.ts";
import { parseWorkflowValue } from "../dsl/parse.ts";
import { parseYamlDocuments } from "../dsl/source.ts";
import { checkRunnable, parseChecked } from "./check.ts";

const head = "document: { dsl: '1.0.3', namespace: test, name: test, version: '0.1.0' }\n";

test("lets a document through that has all that it needs", () => {
  expect(() =>
    check(`${head}
use:
  functions: { double: { set: { n: "\${ .n * 2 }" } } }
  authentications: { mine: { basic: { username: me, password: "\${ .password }" } } }
do:
  - each:
      for: { each: pet, in: .pets }
      while: $index < 3
      do:
        - one: { if: "$pet.name != null", call: double, with: { n: "\${ $pet.n }" } }
  - risky:
      try: [{ get: { call: http, with: { method: get, endpoint: { uri: "http://x/{id}", authentication: { use: mine } } } } }]
      catch: { as: err, when: $err.status == 503, do: [{ keep: { set: { e: "\${ $err }" } } }] }
  - ask: { call: agent, with: { agent: helper, message: "\${ .question }" } }
`),
  ).not.toThrow();
});

test.each([
  ["schedule: { cron: '0 0 * * *' }\ndo: []", "/schedule", "schedules"],
  ["use: { secrets: [key] }\ndo: []", "/use/secrets", "secrets"],
  ["use: { catalogs: { c: { endpoint: 'http://c' } } }\ndo: []", "/use/catalogs", "catalogs"],
  ["use: { extensions: [{ log: { extend: all } }] }\ndo: []", "/use/extensions", "extensions"],
  ["evaluate: { language: js }\ndo: []", "/evaluate/language", "jq"],
  ["outptu: { as: .a }\ndo: []", "/outptu", 'unknown field "outptu"'],
  ["do: [{ a: { emit: { event: { with: { type: t } } } } }]", "/do/0/a/emit", '"emit"'],
  ["do: [{ a: { listen: { to: { any: [] } } } }]", "/do/0/a/listen", '"listen"'],
  ["do: [{ a: { run: { shell: { command: ls } } } }]", "/do/0/a/run", '"run"'],
  ["do: [{ a: { call: log:1.0.0@global } }]", "/do/0/a/call", "catalogs"],
  ["do: [{ a: { call: agnt } }]", "/do/0/a/call", 'unknown function "agnt"'],
  ["do: [{ a: { call: agent, with: { agent: x, prompt: y } } }]", "/do/0/a/with/prompt", "prompt"],
  ["do: [{ a: { call: agent, with: { agent: x } } }]", "/do/0/a/with/message", "message"],
  [
    "do: [{ a: { call: http, with: { method: get, endpoint: example.test/x } } }]",
    "/do/0/a/with/endpoint",
    "absolute",
  ],
  [
    "do: [{ a: { call: http, with: { method: get, endpoint: { uri: 'ftp://x/{id}' } } } }]",
    "/do/0/a/with/endpoint/uri",
    "HTTP",
  ],
  ["do: [{ a: { wait: P1M } }]", "/do/0/a/wait", "no fixed length"],
  [
    "do: [{ a: { wait: PT1S, input: { schema: { resource: { endpoint: 'http://s' } } } } }]",
    "/do/0/a/input/schema/resource",
    "other places",
  ],
  [
    "do: [{ a: { wait: PT1S, output: { schema: { format: avro, document: {} } } } }]",
    "/do/0/a/output/schema/format",
    "avro",
  ],
  [
    "input: { schema: { document: { type: 5 } } }\ndo: []",
    "/input/schema/document",
    "not a JSON Schema",
  ],
  [
    "do: [{ a: { try: [], catch: { errors: { status: 404 } } } }]",
    "/do/0/a/catch/errors/status",
    "status",
  ],
  [
    "do: [{ a: { try: [], catch: { errors: { with: { stats: 404 } } } } }]",
    "/do/0/a/catch/errors/with/stats",
    "stats",
  ],
])("refuses %s", (body, pointer, words) => {
  const issue = issuesOf(`${head}${body}\n`).find((found) => found.pointer === pointer);

  expect(issue?.message).toContain(words);
  expect(issue?.line).toBeGreaterThan(1);
});

test.each(["grpc", "openapi", "asyncapi", "a2a", "mcp"])("refuses call: %s by name", (protocol) => {
  const args: Record<string, string> = {
    grpc: "{ proto: { endpoint: 'http://p' }, service: { name: s, host: h }, method: m }",
    openapi: "{ document: { endpoint: 'http://p' }, operationId: o }",
    asyncapi: "{ document: { endpoint: 'http://p' }, channel: c, message: {} }",
    a2a: "{ method: tasks/list }",
    mcp: "{ method: tools/list, transport: { stdio: { command: c } } }",
  };

  const [issue] = issuesOf(`${head}do: [{ a: { call: ${protocol}, with: ${args[protocol]} } }]\n`);

  expect(issue?.message).toBe(`"call: ${protocol}" is not supported yet`);
});

test("refuses an authentication that the call can't use, where it is defined", () => {
  const issues = issuesOf(`${head}
use: { authentications: { far: { oauth2: { authority: 'http://a', grant: client_credentials } } } }
do:
  - a: { call: http, with: { method: get, endpoint: { uri: 'http://x', authentication: { use: far } } } }
`);

  expect(issues.map(({ pointer }) => pointer)).toEqual(["/use/authentications/far"]);
});

test.each([
  ["set: { a: '${ .b + }' }", "/do/0/x/set/a", 4, 26],
  ["if: .a | nosuch\n      set: { a: 1 }", "/do/0/x/if", 4, 16],
  ["set:\n        a: |\n          line\n          ${ .b + }", "/do/0/x/set/a", 7, 19],
  ["set: { a: 'so ${ .b ' }", "/do/0/x/set/a", 4, 21],
])("points into the expression that is no jq: %s", (task, pointer, line, column) => {
  const [issue] = issuesOf(`${head}do:\n  - x:\n      ${task}\n`);

  expect(issue).toMatchObject({ pointer, line, column });
});

test("names the function that is not jq's and the one that was meant", () => {
  const [issue] = issuesOf(`${head}do:\n  - x: { set: { a: "\${ lenght }" } }\n`);

  expect(issue?.message).toContain("lenght/0 is not defined");
  expect(issue?.message).toContain("length");
});

test("names the variables of the place when one is not there", () => {
  const [issue] = issuesOf(`${head}do:\n  - x: { if: $output.a, set: { a: 1 } }\n`);

  expect(issue?.message).toContain("$output is not defined here; there are $workflow, $runtime");
});

test("knows that secrets come later", () => {
  const [issue] = issuesOf(`${head}do:\n  - x: { set: { a: "\${ $secrets.key }" } }\n`);

  expect(issue?.message).toContain("$secrets is not supported yet");
});

test("in loose mode only the fields that are expressions must be jq", () => {
  const issues = issuesOf(
    `${head}evaluate: { mode: loose }\ndo:\n  - x: { if: ". +", set: { a: "no jq + at all" } }\n`,
  );

  expect(issues.map(({ pointer }) => pointer)).toEqual(["/do/0/x/if"]);
});

test("refuses a version of the language that is not known", () => {
  const [issue] = issuesOf(
    "document: { dsl: '2.0.0', namespace: t, name: t, version: '1.0.0' }\ndo: []\n",
  );

  expect(issue).toMatchObject({ pointer: "/document/dsl", got: '"2.0.0"' });
});

function check(text: string): void {
  const [source] = parseYamlDocuments(text, "w.yaml");
  if (!source) throw new Error("unreachable: the text holds a document");
  const place = placeOf(source);
  checkRunnable(parseWorkflowValue(source.value, place), place);
}

function issuesOf(text: string): readonly InputIssue[] {
  try {
    check(text);
  } catch (error) {
    if (error instanceof StigmerError) return error.issues;
    throw error;
  }
  throw new Error("unreachable: the document was let through");
}

test("an expression that is not jq is refused by name, one that only this runtime lacks is not", () => {
  const misspelt = `${head}do:\n  - a: { set: { x: "\${ ma(1) }" } }\n`;
  const early = `${head}do:\n  - a: { set: { x: "\${ $secrets.key }" } }\n`;

  expect(() => checked(misspelt)).toThrow("ma/1 is not defined");
  expect(() => checked(early)).not.toThrow();
});

test("all mistakes are told at once, in the order of the text", () => {
  const text = `${head}inptu: { from: .a }
do:
  - first: { set: { x: "\${ .a + }" } }
  - second: { wait: soon, then: third }
  - third:
      fork:
        branches: [{ a: { wait: PT1S, bogus: 1, if: "(" } }, { b: { call: http, with: 5 } }]
      then: nowhere
  - fourth: { set: { y: "\${ nope }" }, timeout: missing }
`;

  expect(placesOf(() => checked(text))).toEqual([
    "4:33 /do/0/first/set/x",
    "5:21 /do/1/second/wait",
    "8:39 /do/2/third/fork/branches/0/a/bogus",
    "8:55 /do/2/third/fork/branches/0/a/if",
    "8:87 /do/2/third/fork/branches/1/b/with",
    "9:13 /do/2/third/then",
    "10:29 /do/3/fourth/set/y",
    "10:49 /do/3/fourth/timeout",
  ]);
});

test.each([
  [
    "do: 5\nuse: { functions: { f: { set: { a: '${ nope }' } } } }",
    ["/do", "/use/functions/f/set/a"],
  ],
  ["do: [5, { a: { set: { b: '${ nope }' } } }]", ["/do/0", "/do/1/a/set/b"]],
  [
    "use: { timeouts: 5 }\ndo: [{ a: { set: { b: '${ nope }' }, timeout: t } }]",
    ["/use/timeouts", "/do/0/a/set/b"],
  ],
  [
    "do: [{ a: { for: { each: x }, do: [{ b: { set: { c: '${ nope }' } } }] } }]",
    ["/do/0/a/for/in"],
  ],
  [
    "do: [{ a: { try: [{ b: 5 }], catch: { do: 5, when: ')' } } }]",
    ["/do/0/a/try/0/b", "/do/0/a/catch/do"],
  ],
])("%s is told as far as anything can be made of it", (text, pointers) => {
  expect(placesOf(() => checked(head + text)).map((place) => place.split(" ")[1])).toEqual(
    pointers,
  );
});

function checked(text: string): void {
  const [source] = parseYamlDocuments(text, "w.yaml");
  if (!source) throw new Error("unreachable: the text holds a document");
  parseChecked(source.value, placeOf(source));
}

function placesOf(work: () => void): string[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StigmerError)) throw error;
    return error.issues.map(({ line, column, pointer }) => `${line}:${column} ${pointer}`);
  }
  throw new Error("unreachable: the document was let through");
}

test("of a long expression what is around the mistake is shown", () => {
  const long = `${".a + ".repeat(1_000)} nope ${" + .b".repeat(1_000)}`;

  const [issue] = issuesOf(`${head}do: [{ a: { set: { x: "\${ ${long} }" } } }]`);

  expect(issue?.got).toMatch(/^….{0,200} nope .{0,200}…$/);
});
