import type { JsonValue } from "../../base/json.ts";
import { type Code, many, one, option } from "../code.ts";
import { climb, type Env } from "../env.ts";
import { Break, raise } from "../raise.ts";
import { elsewhere, type SpotEach } from "../spot.ts";
import type { BindSyntax, Pattern, Syntax } from "../syntax.ts";
import { fieldOf } from "../values/fields.ts";
import { recover } from "./flow.ts";
import { type Bind, compileAlternatives, compilePattern } from "./pattern.ts";
import { inner, type Place } from "./place.ts";

export function compileBind(syntax: BindSyntax, place: Place): Code {
  const source = place.compiler.code(syntax.source, inner(place));
  const [pattern] = syntax.patterns;
  if (syntax.patterns.length === 1 && pattern !== undefined) {
    const { bind, place: inside } = compilePattern(pattern, place);
    const isTail = place.isTail && source.kind !== "many" && pattern.kind === "name";
    const body = place.compiler.code(syntax.body, { ...inside, isTail });
    if (pattern.kind === "name") return bindName(source, body);
    return many((input, env, emit) =>
      source.each(input, env, (value) =>
        bind(value, env, (bound) => body.each(input, bound, emit)),
      ),
    );
  }
  const { binds, place: inside } = compileAlternatives(syntax.patterns, place);
  const body = place.compiler.code(syntax.body, inside);
  return many((input, env, emit) =>
    source.each(input, env, (value) =>
      tryAlternatives(binds, { value, env }, (bound) => body.each(input, bound, emit)),
    ),
  );
}

function bindName(source: Code, body: Code): Code {
  if (source.kind === "one" && body.kind === "one") {
    return one((input, env) => body.get(input, env.bind(source.get(input, env))));
  }
  if (source.kind === "many") {
    return many((input, env, emit) =>
      source.each(input, env, (value) => body.each(input, env.bind(value), emit)),
    );
  }
  if (body.kind === "many") {
    return many((input, env, emit) => {
      const value = source.get(input, env);
      return value === undefined ? false : body.each(input, env.bind(value), emit);
    });
  }
  return option((input, env) => {
    const value = source.get(input, env);
    return value === undefined ? undefined : body.get(input, env.bind(value));
  });
}

/**
 * Goes to the next alternative whenever one fails: while it takes the value apart, in the body, or even behind it in
 * what uses the outputs, as in jq. The last one's error counts.
 */
function tryAlternatives(
  binds: readonly Bind[],
  item: { readonly value: JsonValue; readonly env: Env },
  body: (bound: Env) => boolean,
): boolean {
  const { value, env } = item;
  for (const [index, bind] of binds.entries()) {
    const depth = env.run.depth;
    try {
      return bind(value, env, body);
    } catch (error) {
      if (index === binds.length - 1) throw error;
      recover(error, env.run, depth);
    }
  }
  return false;
}

export function spotsOfBind(syntax: BindSyntax, place: Place): SpotEach {
  const source = place.compiler.code(syntax.source, inner(place));
  const { bindAll, inside } = compileSource(syntax.patterns, place);
  const body = place.compiler.spots(syntax.body, inside);
  return (at, env, emit) =>
    source.each(at.value, env, (value) =>
      bindEach(bindAll, { value, env }, (bound) => body(at, bound, emit)),
    );
}

export function compileSource(
  patterns: readonly Pattern[],
  place: Place,
): { readonly bindAll: readonly Bind[]; readonly inside: Place } {
  const [pattern] = patterns;
  if (patterns.length === 1 && pattern !== undefined) {
    const { bind, place: inside } = compilePattern(pattern, place);
    return { bindAll: [bind], inside };
  }
  const { binds, place: inside } = compileAlternatives(patterns, place);
  return { bindAll: binds, inside };
}

/** Runs a loop's body in each scope that one item gives. */
export function bindEach(
  binds: readonly Bind[],
  item: { readonly value: JsonValue; readonly env: Env },
  use: (bound: Env) => boolean,
): boolean {
  const [only] = binds;
  if (binds.length === 1 && only !== undefined) return only(item.value, item.env, use);
  return tryAlternatives(binds, item, use);
}

export function compileVariable(syntax: Syntax & { kind: "variable" }, place: Place): Code {
  const { name } = syntax;
  for (let entry = place.scope; entry !== undefined; entry = entry.up) {
    if (entry.kind === "variable" && entry.name === name)
      return readLevel(place.level - entry.level);
  }
  if (name === "ENV") return one((_input, env) => ({ ...env.run.host.environment }));
  if (place.compiler.globals !== undefined && !place.compiler.globals.has(name)) {
    throw place.compiler.fail(`$${name} is not defined`, syntax.range);
  }
  return one((_input, env) => {
    const value = fieldOf(env.run.host.variables, name);
    return value === undefined ? raise(`$${name} is not defined`) : value;
  });
}

function readLevel(hops: number): Code {
  switch (hops) {
    case 0:
      return one((_input, env) => env.value);
    case 1:
      return one((_input, env) => env.up.value);
    case 2:
      return one((_input, env) => env.up.up.value);
    default:
      return one((_input, env) => climb(env, hops).value);
  }
}

export function compileLabel(syntax: Syntax & { kind: "label" }, place: Place): Code {
  const body = place.compiler.code(syntax.body, withLabel(place, syntax.name));
  return many((input, env, emit) => untilBreak(env, (bound) => body.each(input, bound, emit)));
}

export function spotsOfLabel(syntax: Syntax & { kind: "label" }, place: Place): SpotEach {
  const body = place.compiler.spots(syntax.body, withLabel(place, syntax.name));
  return (at, env, emit) => untilBreak(env, (bound) => body(at, bound, emit));
}

function withLabel(place: Place, name: string): Place {
  const level = place.level + 1;
  return { ...inner(place), scope: { kind: "label", name, level, up: place.scope }, level };
}

/** Every entry into a label has a scope of its own, which is what a `break` looks for. */
function untilBreak(env: Env, body: (bound: Env) => boolean): boolean {
  const depth = env.run.depth;
  const bound = env.bind(null);
  try {
    return body(bound);
  } catch (error) {
    if (!(error instanceof Break) || error.label !== bound) throw error;
    env.run.depth = depth;
    return false;
  }
}

export function compileBreak(syntax: Syntax & { kind: "break" }, place: Place): Code {
  for (let entry = place.scope; entry !== undefined; entry = entry.up) {
    if (entry.kind !== "label" || entry.name !== syntax.name) continue;
    const hops = place.level - entry.level;
    return option((_input, env) => {
      throw new Break(climb(env, hops));
    });
  }
  throw place.compiler.fail(`$*label-${syntax.name} is not defined`, syntax.range);
}

export function spotsOfCode(code: Code): SpotEach {
  return (at, env, emit) => code.each(at.value, env, (value) => emit(elsewhere(at, value)));
}
