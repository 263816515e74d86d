import { z } from "zod";

import { suggest } from "../base/suggest.ts";

/**
 * What is wrong at one place below a value. The schemas of this folder only check and never change what they check,
 * and they report through this record, so that every message names what was expected and what was found.
 */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What the reader must look at: the field's name or its value. */
  readonly part?: "key" | "value";
  readonly expected?: string;
  readonly got?: string;
  readonly suggestion?: string;
}

/** A schema made of a plain check. */
export function define<T>(check: (value: unknown) => readonly Problem[]): z.ZodType<T> {
  return z.custom<T>().superRefine((value, context) => {
    for (const { path, message, ...params } of check(value)) {
      context.addIssue({ code: "custom", path: [...path], message, params, input: value });
    }
  });
}

/** Accepts the values of a type guard; `expected` says in words what they are. */
export function accept<T>(expected: string, is: (value: unknown) => value is T): z.ZodType<T> {
  return define((value) => (is(value) ? [] : [mismatch(value, expected)]));
}

/** Looks at the value first, so that the messages speak of what its author meant and not of every alternative. */
export function choose<T>(select: (value: unknown) => z.ZodType<T> | Problem): z.ZodType<T> {
  return define((value) => {
    const chosen = select(value);
    return chosen instanceof z.ZodType ? problemsOf(chosen, value) : [chosen];
  });
}

type Shape = Record<string, z.ZodType>;

/** An object with these fields and no others. */
export function closed<S extends Shape>(
  shape: S,
): z.ZodType<z.output<z.ZodObject<S, z.core.$strict>>> {
  const schema = z.strictObject(shape);
  const known = Object.keys(shape);
  return define((value) =>
    isObject(value) ? problemsOf(schema, value, known) : [notObject(value)],
  );
}

/** An object with these fields; the specification lets others stand beside them. */
export function open<S extends Shape>(
  shape: S,
): z.ZodType<z.output<z.ZodObject<S, z.core.$loose>>> {
  const schema = z.looseObject(shape);
  return define((value) => (isObject(value) ? problemsOf(schema, value) : [notObject(value)]));
}

/** A map from any name to such a value. */
export function mapOf<T>(item: z.ZodType<T>): z.ZodType<Record<string, T>> {
  return define((value) => {
    if (!isObject(value)) return [notObject(value)];
    return Object.entries(value).flatMap(([name, child]) => below(name, problemsOf(item, child)));
  });
}

/** An object whose only field is a name that its author chose: `{ name: value }`. */
export function named<T>(item: z.ZodType<T>, what: string): z.ZodType<Record<string, T>> {
  return define((value) => {
    if (!isObject(value)) return [notObject(value)];
    const entries = Object.entries(value);
    if (entries.length !== 1) {
      const names = entries.map(([name]) => `"${name}"`).join(", ");
      return [
        {
          path: entries[1] ? [entries[1][0]] : [],
          part: "key",
          message: entries[0] ? `${what} has one name, not ${names}` : `${what} has no name`,
          expected: "one name; start another list item with “-” for the next",
          got: entries[0] ? names : "an empty object",
        },
      ];
    }
    return entries.flatMap(([name, child]) => below(name, problemsOf(item, child)));
  });
}

export function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return define((value) => {
    if (!Array.isArray(value)) return [mismatch(value, "a list")];
    return value.flatMap((child, index) => below(index, problemsOf(item, child)));
  });
}

/** Adds a rule over the whole value, asked only when its parts are right. */
export function rule<T>(
  schema: z.ZodType<T>,
  check: (value: T) => readonly Problem[],
): z.ZodType<T> {
  return define((value) => {
    const result = schema.safeParse(value);
    return result.success ? check(result.data) : toProblems(result.error, value);
  });
}

/** One of fixed words. */
export function oneOf<const W extends string>(...words: readonly W[]): z.ZodType<W> {
  const expected = `one of ${words.map((word) => `"${word}"`).join(", ")}`;
  const isWord = (value: unknown): value is W => words.some((word) => word === value);
  return define((value) => {
    if (isWord(value)) return [];
    const meant = typeof value === "string" ? suggest(value, words) : undefined;
    return [
      { ...mismatch(value, expected), ...(meant === undefined ? {} : { suggestion: meant }) },
    ];
  });
}

export function mismatch(value: unknown, expected: string): Problem {
  const message = value === undefined ? MISSING : WRONG;
  return { path: [], message, expected, got: nameValue(value) };
}

/** Messages of a field that is not there, and of one with a wrong value; whoever knows the field's name words them. */
export const MISSING = "missing";
export const WRONG = "wrong";

function notObject(value: unknown): Problem {
  return mismatch(value, "an object");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function below(token: string | number, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: [token, ...problem.path] }));
}

function problemsOf(schema: z.ZodType, value: unknown, known: readonly string[] = []): Problem[] {
  const result = schema.safeParse(value);
  return result.success ? [] : toProblems(result.error, value, known);
}

/** The problems that a schema of this folder reported. */
export function toProblems(
  error: z.ZodError,
  value: unknown,
  known: readonly string[] = [],
): Problem[] {
  const problems = error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((token) => (typeof token === "number" ? token : String(token)));
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknown(key, known));
    if (issue.code === "custom") return [{ ...issue.params, path, message: issue.message }];
    const at = path.reduce<unknown>((item, token) => childOf(item, token), value);
    return [{ ...mismatch(at, "another value"), path }];
  });
  const meant = new Set(problems.map(({ suggestion }) => suggestion));
  return problems.filter(
    ({ path, message }) => message !== MISSING || path.length !== 1 || !meant.has(String(path[0])),
  );
}

function unknown(key: string, known: readonly string[]): Problem {
  const suggestion = suggest(key, known);
  return {
    path: [key],
    part: "key",
    message: `unknown field "${key}"`,
    expected: known.length === 0 ? "no field" : `one of ${known.join(", ")}`,
    got: `"${key}"`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function childOf(value: unknown, token: string | number): unknown {
  if (Array.isArray(value)) return value[Number(token)];
  return isObject(value) ? value[token] : undefined;
}

/** A value as a message names it. */
function nameValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return Object.keys(value).length === 0 ? "an empty object" : "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
