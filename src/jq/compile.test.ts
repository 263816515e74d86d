import { expect, test } from "bun:test";

import type { JsonValue } from "../base/json.ts";
import { compile } from "./compile.ts";
import { JqError, JqFuelError, JqHalt, JqSyntaxError } from "./errors.ts";

function outputs(text: string, input: JsonValue = null, fuel = 1_000_000): JsonValue[] {
  return [...compile(text).run(input, {}, { fuel })];
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("gives every output in order", () => {
  expect(outputs(".[] | ., -.", [1, 2])).toEqual([1, -1, 2, -2]);
});

test("gives the outputs before an error, then the error", () => {
  const results = compile('1, 2, error("no"), 3').run(null)[Symbol.iterator]();

  expect([results.next().value, results.next().value]).toEqual([1, 2]);
  expect(() => results.next()).toThrow("no");
});

test("the first output is all that is computed", () => {
  expect(compile("1, error").first(null)).toBe(1);
  expect(compile("empty").first(null)).toBeUndefined();
});

test("emit ends a program that would go on", () => {
  const seen: JsonValue[] = [];

  compile("repeat(1)").each(null, (value) => seen.push(value) === 3);

  expect(seen).toEqual([1, 1, 1]);
});

test("an error of the one who takes the outputs is not the program's to catch", () => {
  const program = compile("try (1, 2) catch 3");

  const run = (): void =>
    program.each(null, () => {
      throw new TypeError("mine");
    });

  expect(run).toThrow(TypeError);
});

test("variables come by name, and one that is not there is refused at once when names are known", () => {
  const program = compile("$user.name + $suffix", { variables: ["user", "suffix"] });

  expect(program.first(null, { user: { name: "Ada" }, suffix: "!" })).toBe("Ada!");
  expect(() => compile("$usr", { variables: ["user"] })).toThrow("$usr is not defined");
  expect(thrownBy(() => compile("$usr").first(null))).toBeInstanceOf(JqError);
});

test("an unknown function is named, with its place and what may have been meant", () => {
  const error = thrownBy(() => compile(".a |\n  lenght"));

  if (!(error instanceof JqSyntaxError)) throw new Error("was not refused");
  expect(error.message).toBe("lenght/0 is not defined");
  expect([error.line, error.column, error.offset]).toEqual([2, 3, 7]);
  expect(error.hint).toBe("did you mean length/0?");
  expect(error.report).toBe(
    "lenght/0 is not defined at <top-level>, line 2, column 3:\n      lenght\n      ^^^^^^",
  );
});

test("an error carries its value", () => {
  const error = thrownBy(() => compile("error({code: 7})").first(null));

  if (!(error instanceof JqError)) throw new Error("did not fail");
  expect(error.value).toEqual({ code: 7 });
  expect(error.message).toBe('(not a string): {"code":7}');
});

test("halt_error stops with its value and code", () => {
  const error = thrownBy(() => compile('"bye" | halt_error(3)').first(null));

  if (!(error instanceof JqHalt)) throw new Error("did not halt");
  expect([error.value, error.exitCode]).toEqual(["bye", 3]);
});

test("now is the time of the run", () => {
  expect(compile("now, (now | todate)").first(null, {}, { nowMs: 1_700_000_000_500 })).toBe(
    1_700_000_000.5,
  );
});

test("a program holds no state: it runs inside its own run", () => {
  const program = compile(".[]");
  const pairs: JsonValue[] = [];

  program.each([1, 2], (outer) => {
    program.each([3, 4], (nested) => {
      pairs.push([outer, nested]);
      return false;
    });
    return false;
  });

  expect(pairs).toEqual([
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ]);
});

test("a loop in a function's last place takes no stack", () => {
  expect(outputs("def f: if . < 100000 then . + 1 | f else . end; 0 | f")).toEqual([100_000]);
});

test.each([
  "repeat(.)",
  "repeat(empty)",
  "[range(1e12)]",
  "def f: f; f",
  "until(false; .)",
  "last(recurse(.))",
  "reduce range(100) as $i ([1]; . + .)",
  "reduce range(60) as $i (1; [., .])",
  "reduce range(60) as $i (1; [., .]) | tojson",
  "reduce range(60) as $i (1; [., .]) | [., .] | sort",
  "(reduce range(60) as $i (1; [., .])) == (reduce range(60) as $i (1; [., .]))",
  '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | test("(a+)+b")',
])("%s runs out of fuel", (text) => {
  expect(thrownBy(() => outputs(text))).toBeInstanceOf(JqFuelError);
});

test.each(["def f: 1 + f; f", "def f: [f]; f", "def f: (1, 2) | f; f", "def f: try f catch f; f"])(
  "%s is stopped before the stack ends, and no try of the program can hide it",
  (text) => {
    expect(thrownBy(() => outputs(`try (${text}) catch "hidden"`))).toBeInstanceOf(JqFuelError);
    expect(outputs("1 + 1")).toEqual([2]);
  },
);

test("values of 20,000 levels pass, and what can't walk them says so", () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 20_000; level += 1) deep = [deep];

  expect(compile(".").first(deep)).toBe(deep);
  expect(compile("[..] | length").first(deep)).toBe(20_001);
  for (const text of [
    "tojson",
    "walk(.)",
    "[paths]",
    "tostream",
    "[., .] | unique",
    "@sh",
    "@csv",
  ]) {
    const error = thrownBy(() => compile(text).first(deep, {}, { fuel: 10_000_000 }));
    expect(error === undefined || error instanceof JqError || error instanceof JqFuelError).toBe(
      true,
    );
  }
  expect(outputs("1 + 1")).toEqual([2]);
});

test("names that every object inherits are keys like others", () => {
  const input = JSON.parse('{"__proto__": 1, "a": 2}');

  expect(outputs('.constructor, .["toString"], has("valueOf"), .__proto__', input)).toEqual([
    null,
    null,
    false,
    1,
  ]);
  expect(JSON.stringify(outputs('.["__proto__"] = 5 | keys', input))).toBe('[["__proto__","a"]]');
  expect(JSON.stringify(outputs('{"__proto__": 3} | to_entries'))).toBe(
    '[[{"key":"__proto__","value":3}]]',
  );
});

test("an input is never changed", () => {
  const input = { a: [1, { b: 2 }], c: { d: 3 } };
  const before = JSON.stringify(input);

  outputs(".a[1].b |= 5 | .a += [6] | del(.c.d) | .c.e = 1 | .a[0] |= empty | .. |= .", input);

  expect(JSON.stringify(input)).toBe(before);
});

test.each(["[range(1000)]", "[range(1000)] | error"])("tells how much fuel %s used", (text) => {
  const spent: number[] = [];
  const use = () => compile(text).first(null, {}, { onSpent: (fuel) => spent.push(fuel) });

  if (text.endsWith("error")) expect(use).toThrow();
  else use();

  expect(spent).toHaveLength(1);
  expect(spent[0]).toBeGreaterThanOrEqual(1_000);
});

test("a builtin that reads a long text costs what the text is long", () => {
  const text = "a".repeat(100_000);

  const use = () =>
    compile("[range(1000) as $i | explode[0]]").first(text, {}, { fuel: 1_000_000 });

  expect(use).toThrow("fuel");
});

test.each([
  ["an array that grows far over its end", "null | .[100000000] = 1"],
  ["matches", '("a" * 100000) as $text | [range(100)] | map($text | [match("a"; "g")] | length)'],
  ["dates", "[range(1000000) | todate]"],
])("the fuel bounds %s", (_, text) => {
  expect(() => compile(text).first(null, {}, { fuel: 500_000 })).toThrow("fuel");
});
