import type { JsonObject, JsonValue } from "../../base/json.ts";
import { type Code, type GetOption, many, one, option } from "../code.ts";
import { firstOf } from "../compile/assign.ts";
import type { Env } from "../env.ts";
import { raise } from "../raise.ts";
import { putField } from "../values/fields.ts";
import { VALUE_DEPTH_MAX } from "../values/order.ts";
import { argumentCode, type Call, type Natives } from "./native.ts";

/** `walk(f)`: rebuilds a value from its leaves up. */
export const walking: Natives = { "walk/1": { code: walk } };

function walk(call: Call): Code {
  const code = argumentCode(call, 0);
  const rebuild = (value: JsonValue, env: Env, depth: number): JsonValue => {
    env.run.spend(1);
    if (typeof value !== "object" || value === null) return value;
    if (depth > VALUE_DEPTH_MAX) return raise("Value too deep to walk");
    return Array.isArray(value)
      ? rebuildArray(value, env, depth)
      : rebuildObject(value, env, depth);
  };
  const rebuildArray = (items: JsonValue[], env: Env, depth: number): JsonValue => {
    const result: JsonValue[] = [];
    for (const item of items) {
      code.each(rebuild(item, env, depth + 1), env, (output) => {
        result.push(output);
        return false;
      });
    }
    return result;
  };
  const first: GetOption = firstOf(code);
  const rebuildObject = (object: JsonObject, env: Env, depth: number): JsonValue => {
    const result: JsonObject = {};
    for (const key of Object.keys(object)) {
      const output = first(rebuild(object[key] ?? null, env, depth + 1), env);
      if (output !== undefined) putField(result, key, output);
    }
    return result;
  };
  if (code.kind === "one") return one((input, env) => code.get(rebuild(input, env, 0), env));
  if (code.kind === "option") return option((input, env) => code.get(rebuild(input, env, 0), env));
  return many((input, env, emit) => code.each(rebuild(input, env, 0), env, emit));
}
