import type { JsonValue } from "../../base/json.ts";
import { type Code, many, one } from "../code.ts";
import type { Env } from "../env.ts";
import { JqHalt } from "../errors.ts";
import { formatValue, toText } from "../formats.ts";
import { raise } from "../raise.ts";
import { add } from "../values/arithmetic.ts";
import { contains } from "../values/contains.ts";
import { fieldOf } from "../values/fields.ts";
import { describe, toJsonText } from "../values/json-text.ts";
import { isObject, kindOf } from "../values/kind.ts";
import { lengthOf } from "../values/length.ts";
import { compare } from "../values/order.ts";
import { parseJsonText } from "../values/parse-json.ts";
import { argumentCode, binary, type Call, type Natives, unary } from "./native.ts";

/** Builtins for values of every kind, and for what lies outside the program. */
export const values: Natives = {
  "type/0": unary(kindOf),
  "length/0": unary(lengthOf),
  "tojson/0": unary((input) => toJsonText(input)),
  "fromjson/0": unary(fromJson),
  "tostring/0": unary(toText),
  "format/1": binary((input, name) => format(name, input)),
  "contains/1": binary((input, part, env) => contains(input, part, env.run)),
  "has/1": binary(has),
  "add/0": unary((input, env) => addAll(input, env)),
  "add/1": { code: addOutputs },
  "range/1": {
    code: (call) =>
      range(
        one(() => 0),
        argumentCode(call, 0),
      ),
  },
  "range/2": { code: (call) => range(argumentCode(call, 0), argumentCode(call, 1)) },
  "range/3": { code: rangeBy },
  "env/0": unary((_input, env) => ({ ...env.run.host.environment })),
  "input/0": unary((_input, env) => nextInput(env) ?? raise("break")),
  "inputs/0": { code: () => many(inputs) },
  "debug/0": unary(debug),
  "debug/1": { code: debugMessages },
  "stderr/0": unary(toStderr),
  "halt/0": unary(() => {
    throw new JqHalt(0, undefined);
  }),
  "halt_error/0": unary((input) => halt(input, 5)),
  "halt_error/1": binary(halt),
  "input_filename/0": unary((_input, env) => env.run.host.inputName?.() ?? null),
  "input_line_number/0": unary(() => 0),
  "get_search_list/0": unary(() => []),
  "have_literal_numbers/0": unary(() => true),
  "have_decnum/0": unary(() => false),
  "toarray/0": unary((input) => (Array.isArray(input) ? input : [input])),
};

function fromJson(value: JsonValue): JsonValue {
  return typeof value === "string"
    ? parseJsonText(value)
    : raise(`${describe(value)} only strings can be parsed`);
}

function format(name: JsonValue, value: JsonValue): JsonValue {
  return typeof name === "string"
    ? formatValue(name, value)
    : raise(`${describe(name)} is not a valid format`);
}

function has(value: JsonValue, key: JsonValue): JsonValue {
  if (value === null) return false;
  if (isObject(value) && typeof key === "string") return fieldOf(value, key) !== undefined;
  if (Array.isArray(value) && typeof key === "number") {
    return Math.trunc(key) >= 0 && key < value.length;
  }
  return raise(`Cannot check whether ${kindOf(value)} has a ${kindOf(key)} key`);
}

function addAll(value: JsonValue, env: Env): JsonValue {
  if (Array.isArray(value)) return sum(value, env);
  return isObject(value)
    ? sum(Object.values(value), env)
    : raise(`Cannot iterate over ${describe(value)}`);
}

/** Adds up; arrays and strings are gathered first, so that a long list takes no more than one pass. */
function sum(items: readonly JsonValue[], env: Env): JsonValue {
  if (items.length > 2 && items.every((item) => Array.isArray(item))) {
    const joined = items.flat(1);
    env.run.spend(joined.length / 16);
    return joined;
  }
  let total: JsonValue = null;
  for (const item of items) total = add(total, item, env.run);
  return total;
}

function addOutputs(call: Call): Code {
  const code = argumentCode(call, 0);
  return one((input, env) => {
    let total: JsonValue = null;
    code.each(input, env, (value) => {
      total = add(total, value, env.run);
      return false;
    });
    return total;
  });
}

function range(from: Code, to: Code): Code {
  return many((input, env, emit) =>
    from.each(input, env, (start) =>
      to.each(input, env, (end) => {
        if (typeof start !== "number" || typeof end !== "number") {
          return raise("Range bounds must be numeric");
        }
        return count({ start, end, step: 1 }, env, emit);
      }),
    ),
  );
}

function rangeBy(call: Call): Code {
  const from = argumentCode(call, 0);
  const to = argumentCode(call, 1);
  const by = argumentCode(call, 2);
  return many((input, env, emit) =>
    from.each(input, env, (start) =>
      to.each(input, env, (end) =>
        by.each(input, env, (step) => count({ start, end, step }, env, emit)),
      ),
    ),
  );
}

interface Span {
  readonly start: JsonValue;
  readonly end: JsonValue;
  readonly step: JsonValue;
}

function count(span: Span, env: Env, emit: (value: JsonValue) => boolean): boolean {
  const { start, end, step } = span;
  if (typeof start !== "number" || typeof end !== "number" || typeof step !== "number") {
    return countAnything(span, env, emit);
  }
  const { run } = env;
  if (step > 0) {
    for (let value = start; value < end; value += step) {
      run.spend(1);
      if (emit(value)) return true;
    }
  } else if (step < 0) {
    for (let value = start; value > end; value += step) {
      run.spend(1);
      if (emit(value)) return true;
    }
  }
  return false;
}

/** `range` with three arguments takes whatever can be compared and added. */
function countAnything(span: Span, env: Env, emit: (value: JsonValue) => boolean): boolean {
  const { start, end, step } = span;
  const direction = compare(step, 0);
  for (let value = start; compare(value, end) * direction < 0; value = add(value, step, env.run)) {
    env.run.spend(1);
    if (emit(value)) return true;
  }
  return false;
}

function nextInput(env: Env): JsonValue | undefined {
  const next = env.run.host.inputs?.next();
  return next === undefined || next.done === true ? undefined : next.value;
}

function inputs(_input: JsonValue, env: Env, emit: (value: JsonValue) => boolean): boolean {
  for (;;) {
    const value = nextInput(env);
    if (value === undefined) return false;
    env.run.spend(1);
    if (emit(value)) return true;
  }
}

function debug(input: JsonValue, env: Env): JsonValue {
  env.run.host.debug?.(input);
  return input;
}

function debugMessages(call: Call): Code {
  const code = argumentCode(call, 0);
  return one((input, env) => {
    code.each(input, env, (message) => {
      env.run.host.debug?.(message);
      return false;
    });
    return input;
  });
}

function toStderr(input: JsonValue, env: Env): JsonValue {
  env.run.host.stderr?.(input);
  return input;
}

function halt(input: JsonValue, exitCode: JsonValue): never {
  if (typeof exitCode !== "number") return raise("halt_error/1: number required");
  throw new JqHalt(exitCode, input);
}
