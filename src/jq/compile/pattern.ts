import type { JsonValue } from "../../base/json.ts";
import { climb, type Env } from "../env.ts";
import { raise } from "../raise.ts";
import type { FieldPattern, Pattern } from "../syntax.ts";
import { access } from "../values/access.ts";
import { describe } from "../values/json-text.ts";
import { kindOf } from "../values/kind.ts";
import { inner, type Place, withVariable } from "./place.ts";

/** Takes a value apart and goes on with each scope that this gives. */
export type Bind = (value: JsonValue, env: Env, use: (env: Env) => boolean) => boolean;

export interface Binding {
  readonly bind: Bind;
  /** The place of whatever sees the bound variables. */
  readonly place: Place;
}

/** Compiles one pattern; every variable in it becomes one level of the scope. */
export function compilePattern(pattern: Pattern, place: Place): Binding {
  if (pattern.kind === "list") return compileList(pattern.items, place);
  if (pattern.kind === "fields") return compileFields(pattern.fields, place);
  return {
    bind: (value, env, use) => use(env.bind(value)),
    place: withVariable(inner(place), pattern.name),
  };
}

/** The last item is taken first, as jq does it; that shows in errors and in the order of several outputs. */
function compileList(items: readonly Pattern[], place: Place): Binding {
  let binding: Binding | undefined;
  for (const [index, item] of [...items.entries()].toReversed()) {
    const part = compilePattern(item, binding?.place ?? place);
    const bind: Bind = (value, env, use) => part.bind(itemOf(value, index), env, use);
    binding =
      binding === undefined ? { bind, place: part.place } : both(binding, { ...part, bind });
  }
  if (binding === undefined) throw new Error("unreachable: the parser refuses an empty pattern");
  return binding;
}

function itemOf(value: JsonValue, index: number): JsonValue {
  if (value !== null && !Array.isArray(value)) {
    raise(`Cannot index ${kindOf(value)} with number (${index})`);
  }
  return access(value, index);
}

/** Two parts of one pattern, each applied to the same value. */
function both(first: Binding, second: Binding): Binding {
  return {
    bind: (value, env, use) => first.bind(value, env, (bound) => second.bind(value, bound, use)),
    place: second.place,
  };
}

function compileFields(fields: readonly FieldPattern[], place: Place): Binding {
  let binding: Binding | undefined;
  for (const field of fields) {
    const part = compileField(field, binding?.place ?? place);
    binding = binding === undefined ? part : both(binding, part);
  }
  if (binding === undefined) throw new Error("unreachable: the parser refuses an empty pattern");
  return binding;
}

function compileField(field: FieldPattern, place: Place): Binding {
  const key = place.compiler.code(field.key, inner(place));
  const named = field.name === undefined ? inner(place) : withVariable(inner(place), field.name);
  const rest = field.value === undefined ? undefined : compilePattern(field.value, named);
  const bind: Bind = (value, env, use) =>
    key.each(value, env, (name) => {
      if (typeof name !== "string") return refuseKey(value, name);
      const item = access(value, name);
      const bound = field.name === undefined ? env : env.bind(item);
      return rest === undefined ? use(bound) : rest.bind(item, bound, use);
    });
  return { bind, place: rest?.place ?? named };
}

function refuseKey(value: JsonValue, key: JsonValue): never {
  return raise(`Cannot index ${kindOf(value)} with ${describe(key)}`);
}

/**
 * Compiles the alternatives of `?//`. All of them bind every variable that any of them names, so that one body fits
 * all; a variable that an alternative does not name is null there.
 */
export function compileAlternatives(
  patterns: readonly Pattern[],
  place: Place,
): { readonly binds: readonly Bind[]; readonly place: Place } {
  const names = [...new Set(patterns.flatMap(namesOf))];
  const binds = patterns.map((pattern): Bind => {
    const { bind, place: inside } = compilePattern(pattern, place);
    const own = new Set(namesOf(pattern));
    const levels = names.map((name) => (own.has(name) ? levelOf(name, inside) : undefined));
    return (value, env, use) =>
      bind(value, env, (bound) => {
        let canonical = env;
        for (const level of levels) {
          canonical = canonical.bind(
            level === undefined ? null : climb(bound, inside.level - level).value,
          );
        }
        return use(canonical);
      });
  });
  return { binds, place: names.reduce(withVariable, inner(place)) };
}

function levelOf(name: string, place: Place): number | undefined {
  for (let entry = place.scope; entry !== undefined; entry = entry.up) {
    if (entry.kind === "variable" && entry.name === name) return entry.level;
  }
  return undefined;
}

function namesOf(pattern: Pattern): string[] {
  if (pattern.kind === "name") return [pattern.name];
  if (pattern.kind === "list") return pattern.items.flatMap(namesOf);
  return pattern.fields.flatMap((field) => [
    ...(field.name === undefined ? [] : [field.name]),
    ...(field.value === undefined ? [] : namesOf(field.value)),
  ]);
}
