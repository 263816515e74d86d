import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { GetOne } from "../code.ts";
import type { Env } from "../env.ts";
import { Raise, raise } from "../raise.ts";
import type { IfSyntax, IndexSyntax, PairSyntax, SliceSyntax, Syntax } from "../syntax.ts";
import { type Change, KEEP, type Update } from "../update.ts";
import { access, boundsOf, resolveBounds, slice } from "../values/access.ts";
import { putField, withoutField } from "../values/fields.ts";
import { describe } from "../values/json-text.ts";
import { isObject, isTruthy } from "../values/kind.ts";
import { replaceItem, withSlice } from "../values/update.ts";
import { inner, type Place } from "./place.ts";

/** Changes what a key leads to. Keys are computed from the expression's input, not from the value they look into. */
export function updateOfIndex(syntax: IndexSyntax, place: Place): Update | undefined {
  const key = place.compiler.code(syntax.key, inner(place));
  const target = place.compiler.update(syntax.target, inner(place));
  if (key.kind !== "one" || target === undefined) return undefined;
  const get: GetOne = key.get;
  return (input, env, change) => {
    const name = get(input, env);
    if (typeof name === "object" && name !== null) {
      return target(input, env, (holder) => changeSlow(holder, name, change));
    }
    return target(input, env, (holder) => {
      if (syntax.optional && !isAccessible(holder, name)) return KEEP;
      return changeItem(holder, name, change);
    });
  };
}

function isAccessible(holder: JsonValue, key: JsonValue): boolean {
  try {
    access(holder, key);
    return true;
  } catch (error) {
    if (error instanceof Raise) return false;
    throw error;
  }
}

function changeItem(
  holder: JsonValue,
  key: JsonValue,
  change: (place: JsonValue) => Change,
): Change {
  const changed = change(access(holder, key));
  if (changed === KEEP) return KEEP;
  return changed === undefined ? withoutItem(holder, key) : replaceItem(holder, key, changed);
}

function changeSlow(
  holder: JsonValue,
  key: JsonValue[] | JsonObject,
  change: (place: JsonValue) => Change,
): Change {
  const changed = change(access(holder, key));
  if (changed === KEEP) return KEEP;
  if (changed !== undefined) return replaceItem(holder, key, changed);
  if (!isObject(key) || !Array.isArray(holder)) return raise(`Cannot delete ${describe(key)}`);
  return withSlice(holder, boundsOf(key), []);
}

function withoutItem(holder: JsonValue, key: JsonValue): Change {
  if (typeof key === "string" && isObject(holder)) {
    return Object.hasOwn(holder, key) ? withoutField(holder, key) : KEEP;
  }
  if (typeof key !== "number" || !Array.isArray(holder)) return KEEP;
  const whole = Math.floor(key);
  const index = whole < 0 ? whole + holder.length : whole;
  return index >= 0 && index < holder.length ? holder.toSpliced(index, 1) : KEEP;
}

export function updateOfSlice(syntax: SliceSyntax, place: Place): Update | undefined {
  const target = place.compiler.update(syntax.target, inner(place));
  const bound = (part: Syntax | undefined): GetOne | undefined => {
    if (part === undefined) return () => null;
    const code = place.compiler.code(part, inner(place));
    return code.kind === "one" ? code.get : undefined;
  };
  const from = bound(syntax.from);
  const to = bound(syntax.to);
  if (target === undefined || from === undefined || to === undefined || syntax.optional)
    return undefined;
  return (input, env, change) => {
    const bounds = { start: from(input, env), end: to(input, env) };
    return target(input, env, (holder) => {
      const changed = change(slice(holder, bounds));
      if (changed === KEEP || (changed === undefined && holder === null)) return KEEP;
      if (changed !== undefined) return replaceItem(holder, bounds, changed);
      if (!Array.isArray(holder)) return raise("Cannot delete fields from string");
      const range = resolveBounds(holder.length, bounds);
      return holder.toSpliced(range.start, range.end - range.start);
    });
  };
}

export function updateOfIterate(
  target: Syntax,
  isOptional: boolean,
  place: Place,
): Update | undefined {
  const update = place.compiler.update(target, inner(place));
  if (update === undefined) return undefined;
  return (input, env, change) =>
    update(input, env, (holder) => {
      if (Array.isArray(holder)) return changeItems(holder, env, change);
      if (isObject(holder)) return changeFields(holder, env, change);
      return isOptional ? KEEP : raise(`Cannot iterate over ${describe(holder)}`);
    });
}

function changeItems(
  items: JsonValue[],
  env: Env,
  change: (place: JsonValue) => Change,
): JsonValue {
  env.run.spend(items.length);
  const result: JsonValue[] = [];
  for (const item of items) {
    const changed = change(item);
    if (changed === KEEP) result.push(item);
    else if (changed !== undefined) result.push(changed);
  }
  return result;
}

function changeFields(
  object: JsonObject,
  env: Env,
  change: (place: JsonValue) => Change,
): JsonValue {
  const result: JsonObject = {};
  for (const key of Object.keys(object)) {
    env.run.spend(1);
    const old = object[key] ?? null;
    const changed = change(old);
    if (changed === KEEP) putField(result, key, old);
    else if (changed !== undefined) putField(result, key, changed);
  }
  return result;
}

export function updateOfPipe(syntax: PairSyntax, place: Place): Update | undefined {
  const left = place.compiler.update(syntax.left, inner(place));
  const right = left && place.compiler.update(syntax.right, inner(place));
  if (left === undefined || right === undefined) return undefined;
  return (input, env, change) => left(input, env, (value) => right(value, env, change));
}

export function updateOfIf(syntax: IfSyntax, place: Place): Update | undefined {
  const condition = place.compiler.code(syntax.condition, inner(place));
  const then = place.compiler.update(syntax.yes, inner(place));
  const otherwise =
    syntax.no === undefined ? keepWalking : place.compiler.update(syntax.no, inner(place));
  if (condition.kind !== "one" || then === undefined || otherwise === undefined) return undefined;
  const { get } = condition;
  return (input, env, change) =>
    isTruthy(get(input, env)) ? then(input, env, change) : otherwise(input, env, change);
}

const keepWalking: Update = (value, _env, change) => change(value);
