import type { JsonObject, JsonValue } from "../../base/json.ts";
import { chain, type Code, constant, type Emit, many, one, option } from "../code.ts";
import type { Env } from "../env.ts";
import { Raise, raise } from "../raise.ts";
import { descend, type EmitSpot, requirePlace, type Spot, type SpotEach } from "../spot.ts";
import type { IndexSyntax, SliceSyntax, Syntax } from "../syntax.ts";
import { access, accessField, type Bounds, slice } from "../values/access.ts";
import { describe, excerpt } from "../values/json-text.ts";
import { inner, type Place } from "./place.ts";

export function compileIndex(syntax: IndexSyntax, place: Place): Code {
  const key = place.compiler.code(syntax.key, inner(place));
  const target = place.compiler.code(syntax.target, inner(place));
  if (syntax.optional) return optionalIndex(key, target);
  if (key.kind === "one" && typeof key.constant === "string") return fieldOf(target, key.constant);
  if (key.kind === "one" && target.kind === "one") {
    return one((input, env) => {
      const name = key.get(input, env);
      return access(target.get(input, env), name);
    });
  }
  return many((input, env, emit) =>
    key.each(input, env, (name) => target.each(input, env, (value) => emit(access(value, name)))),
  );
}

function fieldOf(target: Code, name: string): Code {
  const isRisky = name in Object.prototype;
  if (target.kind !== "one" || isRisky) return chain(target, (value) => accessField(value, name));
  const get = target.get;
  return one((input, env) => {
    const value = get(input, env);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return accessField(value, name);
    }
    return value[name] ?? null;
  });
}

function optionalIndex(key: Code, target: Code): Code {
  if (key.kind !== "many" && target.kind !== "many") {
    return option((input, env) => {
      const name = key.get(input, env);
      const value = name === undefined ? undefined : target.get(input, env);
      return name === undefined || value === undefined ? undefined : accessOrNothing(value, name);
    });
  }
  return many((input, env, emit) =>
    key.each(input, env, (name) =>
      target.each(input, env, (value) => {
        const found = accessOrNothing(value, name);
        return found !== undefined && emit(found);
      }),
    ),
  );
}

function accessOrNothing(value: JsonValue, key: JsonValue): JsonValue | undefined {
  try {
    return access(value, key);
  } catch (error) {
    if (error instanceof Raise) return undefined;
    throw error;
  }
}

const NULL_CODE = constant(null);

export function compileSlice(syntax: SliceSyntax, place: Place): Code {
  const bounds = compileBounds(syntax, place);
  const target = place.compiler.code(syntax.target, inner(place));
  const cut = (value: JsonValue, range: Bounds, emit: Emit): boolean => {
    const part = syntax.optional ? sliceOrNothing(value, range) : slice(value, range);
    return part !== undefined && emit(part);
  };
  const { from, to } = bounds;
  if (!syntax.optional && from.kind === "one" && to.kind === "one" && target.kind === "one") {
    return one((input, env) => {
      const range = { start: from.get(input, env), end: to.get(input, env) };
      return slice(target.get(input, env), range);
    });
  }
  return many((input, env, emit) =>
    bounds.each(input, env, (range) => target.each(input, env, (value) => cut(value, range, emit))),
  );
}

function sliceOrNothing(value: JsonValue, bounds: Bounds): JsonValue | undefined {
  try {
    return slice(value, bounds);
  } catch (error) {
    if (error instanceof Raise) return undefined;
    throw error;
  }
}

interface BoundsCode {
  readonly from: Code;
  readonly to: Code;
  readonly each: (input: JsonValue, env: Env, use: (bounds: Bounds) => boolean) => boolean;
}

export function compileBounds(syntax: SliceSyntax, place: Place): BoundsCode {
  const compile = (bound: Syntax | undefined): Code =>
    bound === undefined ? NULL_CODE : place.compiler.code(bound, inner(place));
  const from = compile(syntax.from);
  const to = compile(syntax.to);
  return {
    from,
    to,
    each: (input, env, use) =>
      from.each(input, env, (start) => to.each(input, env, (end) => use({ start, end }))),
  };
}

export function compileIterate(target: Syntax, isOptional: boolean, place: Place): Code {
  const code = place.compiler.code(target, inner(place));
  const walk = isOptional ? iterateOptional : iterate;
  if (target.kind === "identity") return many(walk);
  if (code.kind === "one") {
    const get = code.get;
    return many((input, env, emit) => walk(get(input, env), env, emit));
  }
  return many((input, env, emit) => code.each(input, env, (value) => walk(value, env, emit)));
}

function iterateOptional(value: JsonValue, env: Env, emit: Emit): boolean {
  return typeof value === "object" && value !== null && iterate(value, env, emit);
}

export function iterate(value: JsonValue, env: Env, emit: Emit): boolean {
  if (Array.isArray(value)) return iterateArray(value, env, emit);
  if (typeof value === "object" && value !== null) return iterateObject(value, env, emit);
  return raise(`Cannot iterate over ${describe(value)}`);
}

function iterateArray(items: readonly JsonValue[], env: Env, emit: Emit): boolean {
  const run = env.run;
  for (let index = 0; index < items.length; index += 1) {
    run.spend(1);
    if (emit(items[index] ?? null)) return true;
  }
  return false;
}

function iterateObject(object: JsonObject, env: Env, emit: Emit): boolean {
  for (const key of Object.keys(object)) {
    env.run.spend(1);
    if (emit(object[key] ?? null)) return true;
  }
  return false;
}

export function spotsOfIndex(syntax: IndexSyntax, place: Place): SpotEach {
  const key = place.compiler.code(syntax.key, inner(place));
  const target = place.compiler.spots(syntax.target, inner(place));
  return (at, env, emit) =>
    key.each(at.value, env, (name) =>
      target(at, env, (spot) => {
        const next = syntax.optional ? goToOrNothing(spot, name) : goTo(spot, name);
        return next !== undefined && emit(next);
      }),
    );
}

/** The spot one key further down. */
export function goTo(at: Spot, key: JsonValue): Spot {
  requirePlace(at, () => `access element ${excerpt(key)} of`);
  return descend(at, key, access(at.value, key));
}

function goToOrNothing(at: Spot, key: JsonValue): Spot | undefined {
  try {
    return goTo(at, key);
  } catch (error) {
    if (error instanceof Raise) return undefined;
    throw error;
  }
}

export function spotsOfSlice(syntax: SliceSyntax, place: Place): SpotEach {
  const bounds = compileBounds(syntax, place);
  const target = place.compiler.spots(syntax.target, inner(place));
  return (at, env, emit) =>
    bounds.each(at.value, env, (range) =>
      target(at, env, (spot) => {
        const key = { start: range.start, end: range.end };
        requirePlace(spot, () => `access element ${excerpt(key)} of`);
        const part = syntax.optional ? sliceOrNothing(spot.value, range) : slice(spot.value, range);
        return part !== undefined && emit(descend(spot, key, part));
      }),
    );
}

export function spotsOfIterate(target: Syntax, isOptional: boolean, place: Place): SpotEach {
  const spots = place.compiler.spots(target, inner(place));
  return (at, env, emit) => spots(at, env, (spot) => iterateSpots(spot, isOptional, env, emit));
}

export function iterateSpots(at: Spot, isOptional: boolean, env: Env, emit: EmitSpot): boolean {
  const { value } = at;
  if (isOptional && (typeof value !== "object" || value === null)) return false;
  requirePlace(at, () => "iterate through");
  if (Array.isArray(value)) {
    return value.some((item, index) => {
      env.run.spend(1);
      return emit(descend(at, index, item));
    });
  }
  if (typeof value !== "object" || value === null)
    return raise(`Cannot iterate over ${describe(value)}`);
  return Object.keys(value).some((key) => {
    env.run.spend(1);
    return emit(descend(at, key, value[key] ?? null));
  });
}
