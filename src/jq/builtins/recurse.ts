import type { JsonValue } from "../../base/json.ts";
import { type Code, type Emit, many } from "../code.ts";
import type { Env } from "../env.ts";
import { raise } from "../raise.ts";
import { descend, type EmitSpot, requirePlace, type Spot } from "../spot.ts";

/** `..`: the input and everything inside it, outermost first. */
export function recurseCode(): Code {
  return many((input, env, emit) => walk(input, env, emit, 0));
}

const DEPTH_MAX = 20_000;

function walk(value: JsonValue, env: Env, emit: Emit, depth: number): boolean {
  env.run.spend(1);
  if (emit(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  if (depth > DEPTH_MAX) raise("Value too deep");
  if (Array.isArray(value)) {
    for (const item of value) if (walk(item, env, emit, depth + 1)) return true;
    return false;
  }
  for (const key of Object.keys(value)) {
    if (walk(value[key] ?? null, env, emit, depth + 1)) return true;
  }
  return false;
}

export function recurseSpots(at: Spot, env: Env, emit: EmitSpot): boolean {
  env.run.spend(1);
  if (emit(at)) return true;
  const { value } = at;
  if (typeof value !== "object" || value === null) return false;
  requirePlace(at, () => "iterate through");
  if (Array.isArray(value)) {
    return value.some((item, index) => recurseSpots(descend(at, index, item), env, emit));
  }
  return Object.keys(value).some((key) =>
    recurseSpots(descend(at, key, value[key] ?? null), env, emit),
  );
}
