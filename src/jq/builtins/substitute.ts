import type { JsonValue } from "../../base/json.ts";
import { type Code, collect, constant, type Emit, many, type OneCode } from "../code.ts";
import type { Env } from "../env.ts";
import { add } from "../values/arithmetic.ts";
import { captureObject, type Found, type Query } from "./found.ts";
import { argumentCode, type Native } from "./native.ts";

type Find = (input: JsonValue, query: Query, env: Env) => Found;

const NO_FLAGS: OneCode = constant("");

/** `sub` and `gsub`: each match is replaced by what an expression makes of its named groups. */
export function substitute(added: string, find: Find): Native {
  return {
    code: (call) => {
      const patterns = argumentCode(call, 0);
      const replacement = argumentCode(call, 1);
      const flagCode: Code = call.args.length > 2 ? argumentCode(call, 2) : NO_FLAGS;
      return many((input, env, emit) =>
        patterns.each(input, env, (pattern) =>
          flagCode.each(input, env, (flags) =>
            replaceAll(find(input, { pattern, flags, added }, env), replacement, env, emit),
          ),
        ),
      );
    },
  };
}

/**
 * Several replacements give several results: the first of every match go into the first result, and so on. Without
 * any, the input stays as it is.
 */
function replaceAll(found: Found, replacement: Code, env: Env, emit: Emit): boolean {
  const { text, matches } = found;
  const results: JsonValue[] = [];
  let from = 0;
  for (const match of matches) {
    const gap = text.slice(from, match.start);
    const inserts = collect(replacement, captureObject(found, match), env);
    for (const [index, insert] of inserts.entries()) {
      results[index] = add(results[index] ?? null, add(gap, insert, env.run), env.run);
    }
    from = match.end;
  }
  if (results.length === 0) return emit(text);
  const tail = text.slice(from);
  return results.some((result) => emit(add(result, tail, env.run)));
}
