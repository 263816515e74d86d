import type { JsonValue } from "../base/json.ts";
import type { Env } from "./env.ts";

/** Takes one output; true means that no more are wanted. */
export type Emit = (value: JsonValue) => boolean;

/** Gives every output to `emit` until it wants no more; returns true when it stopped for that. */
export type Each = (input: JsonValue, env: Env, emit: Emit) => boolean;

export type GetOne = (input: JsonValue, env: Env) => JsonValue;
export type GetOption = (input: JsonValue, env: Env) => JsonValue | undefined;

/**
 * A compiled expression. How many outputs it can have is known when it is compiled: exactly `one`, at most one
 * (`option`), or `many`. The first two can be called for their value, without a callback.
 */
export type Code = OneCode | OptionCode | ManyCode;

export interface OneCode {
  readonly kind: "one";
  readonly get: GetOne;
  readonly each: Each;
  /** The value of an expression that never changes. */
  readonly constant?: JsonValue;
}

export interface OptionCode {
  readonly kind: "option";
  readonly get: GetOption;
  readonly each: Each;
}

export interface ManyCode {
  readonly kind: "many";
  readonly each: Each;
}

export function one(get: GetOne): OneCode {
  return { kind: "one", get, each: (input, env, emit) => emit(get(input, env)) };
}

export function constant(value: JsonValue): OneCode {
  return {
    kind: "one",
    get: () => value,
    each: (_input, _env, emit) => emit(value),
    constant: value,
  };
}

export function option(get: GetOption): OptionCode {
  return {
    kind: "option",
    get,
    each: (input, env, emit) => {
      const value = get(input, env);
      return value !== undefined && emit(value);
    },
  };
}

export function many(each: Each): ManyCode {
  return { kind: "many", each };
}

export const IDENTITY_CODE: OneCode = one((input) => input);
export const EMPTY_CODE: OptionCode = option(() => undefined);

/** Code that calls `use` with each output of `source`; its kind follows from both. */
export function chain(
  source: Code,
  use: (value: JsonValue, input: JsonValue, env: Env) => JsonValue,
): Code {
  if (source.kind === "one") {
    const get = source.get;
    return one((input, env) => use(get(input, env), input, env));
  }
  if (source.kind === "option") {
    const get = source.get;
    return option((input, env) => {
      const value = get(input, env);
      return value === undefined ? undefined : use(value, input, env);
    });
  }
  return many((input, env, emit) =>
    source.each(input, env, (value) => emit(use(value, input, env))),
  );
}

/** The outputs of `code` as a list. */
export function collect(code: Code, input: JsonValue, env: Env): JsonValue[] {
  const values: JsonValue[] = [];
  code.each(input, env, (value) => {
    values.push(value);
    return false;
  });
  return values;
}
