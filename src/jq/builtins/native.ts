import type { JsonValue } from "../../base/json.ts";
import { chain, type Code, many, one } from "../code.ts";
import type { Place } from "../compile/place.ts";
import type { Env } from "../env.ts";
import type { SpotEach } from "../spot.ts";
import type { Syntax } from "../syntax.ts";
import type { Update } from "../update.ts";

/** A call of a builtin while it is compiled. */
export interface Call {
  readonly args: readonly Syntax[];
  readonly place: Place;
}

/** A builtin that the compiler knows: its code, and where it can, the places it names and how to change them. */
export interface Native {
  readonly code: (call: Call) => Code;
  readonly spots?: (call: Call) => SpotEach;
  readonly update?: (call: Call) => Update | undefined;
}

/** The builtins of one family, by `name/arity`. */
export type Natives = Readonly<Record<string, Native>>;

export function argument(call: Call, index: number): Syntax {
  const syntax = call.args[index];
  if (syntax === undefined) throw new Error("unreachable: a builtin is found by its arity");
  return syntax;
}

export function argumentCode(call: Call, index: number): Code {
  return call.place.compiler.code(argument(call, index), call.place);
}

export function argumentSpots(call: Call, index: number): SpotEach {
  return call.place.compiler.spots(argument(call, index), call.place);
}

/** A builtin that makes one value of its input. */
export function unary(apply: (input: JsonValue, env: Env) => JsonValue): Native {
  return {
    code: () =>
      one((input, env) => {
        payForText(input, env);
        return apply(input, env);
      }),
  };
}

/** A builtin that makes one value of its input and each value of its argument. */
export function binary(apply: (input: JsonValue, first: JsonValue, env: Env) => JsonValue): Native {
  return {
    code: (call) =>
      chain(argumentCode(call, 0), (first, input, env) => {
        payForText(input, env);
        return apply(input, first, env);
      }),
  };
}

const SHORT_LENGTH = 64;

/** A builtin reads or copies the whole of a text; of a short one that costs no more than the call. */
function payForText(input: JsonValue, { run }: Env): void {
  if (typeof input === "string" && input.length > SHORT_LENGTH) run.spend(input.length / 16);
}

/** A builtin of two arguments; the second is the outer loop, as for jq's own functions. */
export function ternary(
  apply: (input: JsonValue, args: readonly [JsonValue, JsonValue], env: Env) => JsonValue,
): Native {
  return {
    code: (call) => {
      const first = argumentCode(call, 0);
      const second = argumentCode(call, 1);
      if (first.kind === "one" && second.kind === "one") {
        return one((input, env) => {
          const b = second.get(input, env);
          return apply(input, [first.get(input, env), b], env);
        });
      }
      return many((input, env, emit) =>
        second.each(input, env, (b) =>
          first.each(input, env, (a) => emit(apply(input, [a, b], env))),
        ),
      );
    },
  };
}
