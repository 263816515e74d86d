import type { JsonValue } from "../../base/json.ts";
import { chain, type Code, type GetOption, one } from "../code.ts";
import type { Env } from "../env.ts";
import { pathOf, type SpotEach, startSpot } from "../spot.ts";
import type { AssignSyntax } from "../syntax.ts";
import { type Change, KEEP } from "../update.ts";
import { deletePaths } from "../values/delete.ts";
import { isTruthy } from "../values/kind.ts";
import { getPath, setPath } from "../values/update.ts";
import { operationOf } from "./operate.ts";
import { inner, type Place } from "./place.ts";

export function compileAssign(syntax: AssignSyntax, place: Place): Code {
  const value = place.compiler.code(syntax.value, inner(place));
  const rewrite = compileRewrite(syntax.target, place);
  if (syntax.operator === "|=") {
    const update = firstOf(value);
    return one((input, env) => rewrite(input, env, (old) => update(old, env)));
  }
  if (syntax.operator === "=") {
    return chain(value, (replacement, input, env) => rewrite(input, env, () => replacement));
  }
  if (syntax.operator === "//=") {
    return chain(value, (fallback, input, env) =>
      rewrite(input, env, (old) => (isTruthy(old) ? old : fallback)),
    );
  }
  const operate = operationOf(syntax.operator);
  return chain(value, (operand, input, env) =>
    rewrite(input, env, (old) => operate(old, operand, env)),
  );
}

/** The first output of an expression, or undefined. */
export function firstOf(code: Code): GetOption {
  if (code.kind !== "many") return code.get;
  return (input, env) => {
    let first: JsonValue | undefined;
    code.each(input, env, (value) => {
      first = value;
      return true;
    });
    return first;
  };
}

type Rewrite = (
  input: JsonValue,
  env: Env,
  change: (old: JsonValue) => JsonValue | undefined,
) => JsonValue;

/** Changes each place that the target names, in one walk when the places can't overlap. */
export function compileRewrite(target: AssignSyntax["target"], place: Place): Rewrite {
  const update = place.compiler.update(target, inner(place));
  if (update !== undefined)
    return (input, env, change) => settle(update(input, env, change), input);
  return rewriteByPaths(place.compiler.spots(target, inner(place)));
}

/** A whole input that is deleted leaves null. */
function settle(change: Change, input: JsonValue): JsonValue {
  if (change === KEEP) return input;
  return change === undefined ? null : change;
}

/** Places are found in the input as it was; what becomes nothing is deleted at the end, so that paths stay right. */
function rewriteByPaths(spots: SpotEach): Rewrite {
  return (input, env, change) => {
    const deleted: JsonValue[] = [];
    let state = input;
    spots(startSpot(input), env, (spot) => {
      env.run.spend(1);
      const path = pathOf(spot);
      const changed = change(getPath(state, path));
      if (changed === undefined) deleted.push(path);
      else state = setPath(state, path, changed);
      return false;
    });
    return deleted.length === 0 ? state : deletePaths(state, deleted);
  };
}
