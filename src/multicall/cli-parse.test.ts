import { expect, test } from "bun:test";

import { toArguments } from "./cli-arguments.ts";
import { parseWords } from "./cli-parse.ts";

const takes = toArguments({
  follow: { type: "boolean", alias: "f" },
  lines: { type: "string", alias: "n", integer: { min: -5, max: 100 }, default: "50" },
  baseUrl: { type: "string" },
  label: { type: "string", alias: "l", many: true },
  level: { type: "enum", options: ["low", "high"] },
  name: { type: "positional" },
  rest: { type: "positional", many: true, required: false },
});

function parse(...words: string[]) {
  return parseWords(words, takes, "stigmer test");
}

test("what is not given has its default, or nothing", () => {
  expect(parse("x")).toEqual({
    follow: false,
    lines: 50,
    baseUrl: undefined,
    label: [],
    level: undefined,
    name: "x",
    rest: [],
  });
});

test.each([
  [["-n", "7"], { lines: 7 }],
  [["-n7"], { lines: 7 }],
  [["-n=7"], { lines: 7 }],
  [["--lines=7"], { lines: 7 }],
  [["-n", "-3"], { lines: -3 }],
  [["-fn7"], { follow: true, lines: 7 }],
  [["--base-url", "http://x?a=b"], { baseUrl: "http://x?a=b" }],
  [["--base-url="], { baseUrl: "" }],
  [["--base-url", "-"], { baseUrl: "-" }],
  [["--base-url=--follow"], { baseUrl: "--follow", follow: false }],
  [["-l", "a=b", "--label=c=d"], { label: ["a=b", "c=d"] }],
  [["--follow", "--follow=false"], { follow: false }],
  [["-n7", "-n", "7"], { lines: 7 }],
])("%j is %j", (words, expected) => {
  expect(parse("x", ...words)).toMatchObject(expected);
});

test("flags may stand between the positional arguments, and none after two dashes", () => {
  expect(parse("-f", "a", "-n7", "b", "--", "-n8", "--help")).toMatchObject({
    follow: true,
    lines: 7,
    name: "a",
    rest: ["b", "-n8", "--help"],
  });
});

test.each([
  [["--folow"], 'unknown flag "--folow"', '"--follow"'],
  [["--folow=yes"], 'unknown flag "--folow"', '"--follow"'],
  [["--toString"], 'unknown flag "--toString"', "--help"],
  [["-fx"], 'unknown flag "-x"', "--help"],
  [["--baseUrl", "x"], 'unknown flag "--baseUrl"', '"--base-url"'],
  [["--lines", "1.5"], "a whole number from -5 to 100", "--help"],
  [["--lines="], "a whole number", "--help"],
  [["--lines", "101"], "a whole number", "--help"],
  [["--lines", "1", "--lines", "2"], '"--lines" is given twice, as "1" and as "2"', "--help"],
  [["--lines", "--follow"], '"--lines" needs a value', "--lines=VALUE"],
  [["--base-url"], '"--base-url" needs a value', "--base-url=VALUE"],
  [["--follow=on"], '"--follow" is on or off', "--help"],
  [["--level", "hihg"], '"--level" takes one of low, high', '"high"'],
])("%j is refused", (words, message, hint) => {
  const parsing = () => parse("x", ...words);

  expect(parsing).toThrow(message);
  expect(parsing).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
});

test("a missing argument is named as the help names it", () => {
  expect(() => parse()).toThrow("NAME is missing");
});
