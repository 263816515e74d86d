import type { z } from "zod";

import type { InputIssue } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import { extendPointer } from "../dsl/pointer.ts";
import { childValue, knownFields } from "./known-fields.ts";

type Issue = z.core.$ZodIssue;

/** Says each thing that a schema refused in our words: where it is, what was expected, what was there instead. */
export function toInputIssues(
  error: z.ZodError,
  schema: z.core.$ZodType,
  value: unknown,
): InputIssue[] {
  return error.issues.flatMap((issue) => describe(issue, schema, value));
}

function describe(issue: Issue, schema: z.core.$ZodType, root: unknown): InputIssue[] {
  const pointer = pointerOf(issue.path);
  const value = valueAt(root, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        unknownField(key, pointer, knownFields(schema, root, issue.path)),
      );
    case "invalid_type":
      return [wrongType(issue, pointer, value)];
    case "invalid_value":
      return [wrongChoice(issue.values.map(String), issue.path, value)];
    case "invalid_union":
      return wrongUnion(issue, schema, root);
    case "invalid_key":
      return issue.issues.map(({ message }) => ({
        message: `the name "${String(issue.path.at(-1))}" is not allowed: ${lowerFirst(message)}`,
        pointer,
      }));
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "not_multiple_of":
    case "too_big":
    case "too_small":
      break;
  }
  return [{ message: lowerFirst(issue.message), pointer, got: show(value) }];
}

function unknownField(key: string, pointer: string, known: readonly string[]): InputIssue {
  const suggestion = suggest(key, known);
  return {
    message: `unknown field "${key}"`,
    pointer: extendPointer(pointer, key),
    ...(known.length === 0 ? {} : { expected: `one of ${known.join(", ")}` }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function wrongType(
  issue: Extract<Issue, { code: "invalid_type" }>,
  pointer: string,
  value: unknown,
): InputIssue {
  const expected = EXPECTED[issue.expected] ?? issue.expected;
  const name = nameOf(issue.path);
  if (value === undefined) return { message: `${name} is missing`, pointer, expected };
  return { message: `${name} is not ${expected}`, pointer, expected, got: show(value) };
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

function wrongChoice(
  choices: readonly string[],
  path: readonly PropertyKey[],
  value: unknown,
): InputIssue {
  const suggestion = typeof value === "string" ? suggest(value, choices) : undefined;
  const expected =
    choices.length === 1
      ? `"${choices[0]}"`
      : `one of ${choices.map((one) => `"${one}"`).join(", ")}`;
  const pointer = pointerOf(path);
  if (value === undefined) return { message: `${nameOf(path)} is missing`, pointer, expected };
  return {
    message: `${show(value)} is not a known ${kindOf(path)}`,
    pointer,
    expected,
    got: show(value),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** A union that a field chooses is wrong in that field; of any other the branch with the fewest faults is told. */
function wrongUnion(
  issue: Extract<Issue, { code: "invalid_union" }>,
  schema: z.core.$ZodType,
  root: unknown,
): InputIssue[] {
  const [nearest] = issue.errors.toSorted((a, b) => a.length - b.length);
  if (nearest === undefined) {
    const options = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
    return [wrongChoice(options.map(String), issue.path, valueAt(root, issue.path))];
  }
  return nearest.flatMap((inner) =>
    describe({ ...inner, path: [...issue.path, ...inner.path] }, schema, root),
  );
}

/** What a wrong word was meant to be: the field's name, or that of the list it is in. */
function kindOf(path: readonly PropertyKey[]): string {
  const field = path.findLast((step) => typeof step === "string");
  return typeof path.at(-1) === "number" ? `item of "${field}"` : (field ?? "value");
}

function nameOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return "the value";
  return typeof last === "number" ? `item ${last}` : `"${String(last)}"`;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return extendPointer(
    "",
    ...path.map((token) => (typeof token === "number" ? token : String(token))),
  );
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(childValue, root);
}

const SHOWN_MAX = 60;

/** The value as it was written, as far as it fits into a sentence. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
