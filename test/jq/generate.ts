import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import type { Random } from "./random.ts";

/** The variables that a place of a program can see. */
type Names = readonly string[];

const KEYS = ["a", "b", "c", "d e"] as const;
const TEXTS = [
  "",
  "a",
  "b",
  "ab",
  "abc",
  "a,b",
  "aXbxc",
  "é",
  "x😀y",
  "1",
  "-2.5",
  "null",
] as const;
const NUMBERS = [0, 1, 2, 3, -1, -2, 5, 10, 1.5, -0.5, 100] as const;
const PATTERNS = [
  "a",
  "b",
  "[a-c]",
  "(?<x>a)",
  "(a)(b)?",
  "a+?b",
  "^",
  "$",
  "\\\\w+",
  ".",
] as const;

/** A random JSON value, no more than `depth` levels deep. */
export function generateValue(random: Random, depth: number): JsonValue {
  const choice = random.below(depth > 0 ? 10 : 6);
  if (choice < 2) return random.pick(NUMBERS);
  if (choice < 4) return random.pick(TEXTS);
  if (choice === 4) return random.below(2) === 0;
  if (choice === 5) return null;
  const size = random.below(4);
  if (choice < 8) return Array.from({ length: size }, () => generateValue(random, depth - 1));
  const object: JsonObject = {};
  for (let index = 0; index < size; index += 1) {
    object[random.pick(KEYS)] = generateValue(random, depth - 1);
  }
  return object;
}

/** A random program that compiles. */
export function generateProgram(random: Random, depth: number): string {
  if (random.below(20) > 0) return query(random, depth, []);
  return `. as [$i] ?// {a: $j} ?// $i | ${query(random, depth, ["i", "j"])}`;
}

type Rule = (random: Random, depth: number, names: Names) => string;

function query(random: Random, depth: number, names: Names): string {
  if (depth <= 0) return leaf(random, depth, names);
  return random.pick(RULES)(random, depth - 1, names);
}

/** A query that may stand beside an operator. */
function term(random: Random, depth: number, names: Names): string {
  return `(${query(random, depth, names)})`;
}

function leaf(random: Random, _depth: number, names: Names): string {
  const [variable] = names;
  switch (random.below(6)) {
    case 0:
      return JSON.stringify(random.pick(NUMBERS));
    case 1:
      return JSON.stringify(random.pick(TEXTS));
    case 2:
      return random.pick(["null", "true", "false", "[]", "{}", "empty"]);
    case 3:
      return variable === undefined ? "." : `$${random.pick([variable, ...names])}`;
    default:
      return path(random, 0, names);
  }
}

/** An expression that names places, most of the time. */
function path(random: Random, depth: number, names: Names): string {
  const key = random.pick(KEYS);
  const index = random.pick([0, 1, -1, 2]);
  const step = random.pick([
    ".",
    `.${random.pick(["a", "b", "c"])}`,
    `.["${key}"]`,
    ".[]",
    ".[]?",
    `.[${index}]`,
    `.[${index}]?`,
    `.[${random.below(3)}:]`,
    `.[:${index}]?`,
    `.${random.pick(["a", "b"])}?`,
  ]);
  if (depth <= 0) return step;
  return random.pick<() => string>([
    () => `${path(random, depth - 1, names)} | ${step}`,
    () => `(${path(random, depth - 1, names)}, ${step})`,
    () => `(${path(random, depth - 1, names)} | select(${query(random, 1, names)}))`,
    () => `first(${path(random, depth - 1, names)})`,
    () => `(if ${query(random, 1, names)} then ${step} else ${path(random, depth - 1, names)} end)`,
    () => `(${path(random, depth - 1, names)} // ${step})`,
    () => `(${step} | .${random.pick(["a", "b"])}?)`,
    () => `getpath(["${random.pick(["a", "b"])}"])`,
    () => `limit(2; ${path(random, depth - 1, names)})`,
    () => "..",
    () => `recurse(.[]?)`,
  ])();
}

const NULLARY = [
  ..."length keys keys_unsorted type not tostring tojson sort unique reverse add min max floor".split(
    " ",
  ),
  ..."to_entries from_entries ascii_downcase ascii_upcase explode flatten any all first last".split(
    " ",
  ),
  ..."tonumber transpose paths values scalars arrays abs trim ltrim rtrim utf8bytelength".split(
    " ",
  ),
  ..."isvalid_ toboolean tostream objects strings numbers nulls booleans iterables fabs ceil".split(
    " ",
  ),
  ..."round sqrt implode fromjson @json @text @html @uri @base64 @sh @csv @tsv recurse".split(" "),
].filter((name) => !name.endsWith("_"));

const RULES: readonly [Rule, ...Rule[]] = [
  leaf,
  (random, depth, names) => path(random, depth, names),
  (random, depth, names) => `${term(random, depth, names)} | ${query(random, depth, names)}`,
  (random, depth, names) =>
    `${query(random, depth, names)} | ${query(random, depth, names)}`.replace(/^(.*)$/s, "$1"),
  (random, depth, names) => `(${query(random, depth, names)}), (${query(random, depth, names)})`,
  (random, depth, names) =>
    `${term(random, depth, names)} ${random.pick(["+", "-", "*", "/", "%"])} ${term(random, depth, names)}`,
  (random, depth, names) =>
    `${term(random, depth, names)} ${random.pick(["==", "!=", "<", "<=", ">", ">="])} ${term(random, depth, names)}`,
  (random, depth, names) =>
    `${term(random, depth, names)} ${random.pick(["and", "or", "//"])} ${term(random, depth, names)}`,
  (random, depth, names) => `[${query(random, depth, names)}]`,
  (random, depth, names) =>
    `{a: ${term(random, depth, names)}, "b c": ${term(random, depth, names)}, ("k\\(${query(random, 0, names)})"): 1}`,
  (random, depth, names) =>
    `if ${query(random, depth, names)} then ${query(random, depth, names)} else ${query(random, depth, names)} end`,
  (random, depth, names) => `try ${term(random, depth, names)} catch ${term(random, depth, names)}`,
  (random, depth, names) => `${term(random, depth, names)}?`,
  (random, depth, names) =>
    `reduce ${term(random, depth, names)} as $r (${query(random, 0, names)}; ${query(random, depth, ["r", ...names])})`,
  (random, depth, names) =>
    `foreach ${term(random, depth, names)} as $f (${query(random, 0, names)}; ${query(random, depth, ["f", ...names])}; ${query(random, 1, ["f", ...names])})`,
  (random, depth, names) =>
    `${term(random, depth, names)} as $v | ${query(random, depth, ["v", ...names])}`,
  (random, depth, names) =>
    `${term(random, depth, names)} as [$i, {a: $j}] | ${query(random, depth, ["i", "j", ...names])}`,
  (random, depth, names) =>
    `${random.pick(["a", ...NULLARY]).replace(/^a$/, "add")}${random.below(4) === 0 ? `, ${query(random, depth, names)}` : ""}`,
  (random, depth, names) =>
    `${query(random, depth, names)} | ${random.pick(["add", ...NULLARY])}`.replace(
      /^(.*) as (.*)$/s,
      "($1 as $2)",
    ),
  (random, depth, names) =>
    `${random.pick(["map", "select", "sort_by", "group_by", "unique_by", "min_by", "max_by", "add", "any", "all", "first", "last", "isempty", "with_entries", "walk", "map_values", "error", "to_entries | map"])}(${query(random, depth, names)})`,
  (random, depth, names) =>
    `${random.pick(["has", "contains", "inside", "index", "rindex", "indices", "split", "join", "startswith", "endswith", "ltrimstr", "rtrimstr", "getpath", "flatten", "in", "bsearch", "delpaths", "range", "splits", "test", "format"])}(${query(random, depth, names)})`,
  (random, depth, names) =>
    `${random.pick(["limit", "skip", "nth"])}(${random.pick([0, 1, 2, -1])}; ${query(random, depth, names)})`,
  (random, depth, names) =>
    `${random.pick(["range", "setpath", "any", "all", "IN", "recurse"])}(${query(random, depth, names)}; ${query(random, 1, names)})`.replace(
      /^recurse.*$/s,
      "recurse(.[]?; . != null)",
    ),
  (random) =>
    `${random.pick(["test", "match", "capture", "scan", "splits"])}("${random.pick(PATTERNS)}"; "${random.pick(["", "g", "i", "gi", "n", "x"])}")`,
  (random, depth, names) =>
    `${random.pick(["sub", "gsub"])}("${random.pick(PATTERNS)}"; ${random.pick(['"Z"', '"<\\(.x)>"', `"a", "b"`, query(random, depth, names)])})`,
  (random, depth, names) =>
    `${term(random, depth, names).replace(/^\(.*$/s, () => `(${path(random, depth, names)})`)} ${random.pick(["=", "|=", "+=", "-=", "*=", "//="])} ${term(random, depth, names)}`,
  (random, depth, names) => `(${path(random, depth, names)}) |= ${term(random, depth, names)}`,
  (random, depth, names) => `[path(${path(random, depth, names)})]`,
  (random, depth, names) => `del(${path(random, depth, names)})`,
  (random, depth, names) => `[paths(${query(random, depth, names)})]`,
  (random, depth, names) =>
    `label $l | ${term(random, depth, names)} | if ${query(random, 1, names)} then ., break $l else . end`,
  (random, depth, names) =>
    `def f: ${query(random, depth, names)}; ${query(random, depth, names)} | f`,
  (random, depth, names) =>
    `def g(h): [h] | ${query(random, depth, names)}; g(${query(random, depth, names)})`,
  (random, depth, names) =>
    `def r: if type == "array" then map(r) else ${query(random, depth, names)} end; r`,
  (random, depth, names) => `"x\\(${query(random, depth, names)})y\\(${query(random, 0, names)})"`,
  (random, depth, names) =>
    `@${random.pick(["json", "html", "uri", "base64", "sh", "text"])} "v\\(${query(random, depth, names)})"`,
  (random, depth, names) => `fromstream(${query(random, depth, names)} | tostream)`,
  (random, depth, names) => `pick(${path(random, depth, names)})`,
  (random, depth, names) => `[.[]?] | ${query(random, depth, names)}`,
  (random, depth, names) =>
    `[limit(5; ${term(random, depth, names)} | recurse(if type == "number" and . < 4 then . + 1 else empty end))]`,
];
