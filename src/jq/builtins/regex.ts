import type { JsonObject, JsonValue } from "../../base/json.ts";
import { constant, many, type OneCode } from "../code.ts";
import type { Env } from "../env.ts";
import { raise } from "../raise.ts";
import { findMatches, pointCounter } from "../regex/find.ts";
import { regexOf } from "../regex/regex.ts";
import { add } from "../values/arithmetic.ts";
import { describe } from "../values/json-text.ts";
import { kindOf } from "../values/kind.ts";
import { captureObject, type Found, groupText, type Query } from "./found.ts";
import { argumentCode, type Native, type Natives } from "./native.ts";
import { substitute } from "./substitute.ts";

/** Builtins that take a regular expression. */
export const regexes: Natives = {
  "test/1": matching("", isMatch),
  "test/2": matching("", isMatch),
  "match/1": matching("", matchObjects),
  "match/2": matching("", matchObjects),
  "capture/1": matching("", captures),
  "capture/2": matching("", captures),
  "scan/1": matching("g", scans),
  "scan/2": matching("g", scans),
  "split/2": matching("g", (found, emit) => emit(pieces(found))),
  "splits/1": matching("g", (found, emit) => pieces(found).some(emit)),
  "splits/2": matching("g", (found, emit) => pieces(found).some(emit)),
  "sub/2": substitute("", findAll),
  "sub/3": substitute("", findAll),
  "gsub/2": substitute("g", findAll),
  "gsub/3": substitute("g", findAll),
};

export function findAll(input: JsonValue, query: Query, env: Env): Found {
  const { pattern, flags, added } = query;
  const allFlags = added === "" ? flags : add(flags, added, env.run);
  if (typeof input !== "string") {
    return raise(`${describe(input)} cannot be matched, as it is not a string`);
  }
  if (typeof pattern !== "string") return raise(`${describe(pattern)} is not a string`);
  if (allFlags !== null && typeof allFlags !== "string") {
    return raise(`${describe(allFlags)} is not a string`);
  }
  const regex = regexOf(pattern, allFlags ?? "");
  return { text: input, regex, matches: findMatches(regex, input, env.run) };
}

type Use = (found: Found, emit: (value: JsonValue) => boolean) => boolean;

const NULL_CODE: OneCode = constant(null);

/** A builtin of a pattern and perhaps flags; `use` makes its outputs from what was found. */
function matching(added: string, use: Use): Native {
  return {
    code: (call) => {
      const patterns = argumentCode(call, 0);
      const flagCode = call.args.length > 1 ? argumentCode(call, 1) : NULL_CODE;
      const mayBeList = call.args.length === 1 && added === "";
      return many((input, env, emit) =>
        flagCode.each(input, env, (flags) =>
          patterns.each(input, env, (pattern) => {
            const query = mayBeList ? queryOf(pattern) : { pattern, flags, added };
            return use(findAll(input, query, env), emit);
          }),
        ),
      );
    },
  };
}

/** A pattern alone, or a list of a pattern and its flags. */
function queryOf(value: JsonValue): Query {
  if (typeof value === "string") return { pattern: value, flags: null, added: "" };
  if (!Array.isArray(value) || value.length === 0)
    return raise(`${kindOf(value)} not a string or array`);
  return { pattern: value[0] ?? null, flags: value[1] ?? null, added: "" };
}

function isMatch(found: Found, emit: (value: JsonValue) => boolean): boolean {
  return emit(found.matches.length > 0);
}

function matchObjects(
  { text, regex, matches }: Found,
  emit: (value: JsonValue) => boolean,
): boolean {
  const pointAt = pointCounter(text);
  return matches.some((match) => {
    const whole = spanOf(text, match.start, match.end, pointAt);
    const parts: JsonValue[] = [];
    for (let group = 1; group < regex.groupNames.length; group += 1) {
      const start = match.bounds[group * 2] ?? -1;
      const end = match.bounds[group * 2 + 1] ?? -1;
      const name = regex.groupNames[group] ?? null;
      parts.push(
        start < 0
          ? { offset: -1, string: null, length: 0, name }
          : { ...spanOf(text, start, end, pointAt), name },
      );
    }
    return emit({ ...whole, captures: parts });
  });
}

function spanOf(
  text: string,
  start: number,
  end: number,
  pointAt: (offset: number) => number,
): JsonObject {
  const offset = pointAt(start);
  return { offset, length: pointAt(end) - offset, string: text.slice(start, end) };
}

function captures(found: Found, emit: (value: JsonValue) => boolean): boolean {
  return found.matches.some((match) => emit(captureObject(found, match)));
}

/** The whole match, or its groups when it has any. */
function scans({ text, regex, matches }: Found, emit: (value: JsonValue) => boolean): boolean {
  return matches.some((match) => {
    if (regex.groupNames.length === 1) return emit(text.slice(match.start, match.end));
    const groups = regex.groupNames.slice(1).map((_, index) => groupText(text, match, index + 1));
    return emit(groups);
  });
}

/** What lies between the matches. */
function pieces({ text, matches }: Found): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const match of matches) {
    parts.push(text.slice(from, match.start));
    from = match.end;
  }
  parts.push(text.slice(from));
  return parts;
}
