import type { JsonValue } from "../../base/json.ts";
import {
  chain,
  type Code,
  type Each,
  type Emit,
  EMPTY_CODE,
  type GetOption,
  many,
  one,
  option,
} from "../code.ts";
import { iterate } from "../compile/access.ts";
import { firstOf } from "../compile/assign.ts";
import type { Env } from "../env.ts";
import { Raise, raise } from "../raise.ts";
import type { SpotEach } from "../spot.ts";
import { KEEP } from "../update.ts";
import { subtract } from "../values/arithmetic.ts";
import { isTruthy } from "../values/kind.ts";
import { compare } from "../values/order.ts";
import {
  argumentCode,
  argumentSpots,
  type Call,
  type Native,
  type Natives,
  unary,
} from "./native.ts";

/** Builtins that decide which outputs there are. */
export const control: Natives = {
  "empty/0": { code: () => EMPTY_CODE, spots: () => () => false, update: () => () => KEEP },
  "not/0": unary((input) => !isTruthy(input)),
  "error/0": unary(throwValue),
  "error/1": { code: (call) => chain(argumentCode(call, 0), throwValue) },
  "select/1": { code: select, spots: spotsOfSelect, update: updateOfSelect },
  "map/1": { code: map },
  "first/1": { code: (call) => option(firstOf(argumentCode(call, 0))), spots: spotsOfFirst },
  "last/1": { code: last, spots: spotsOfLast },
  "isempty/1": isEmpty(),
  "any/0": quantifier(true),
  "all/0": quantifier(false),
  "any/1": quantifier(true),
  "all/1": quantifier(false),
  "any/2": quantifier(true),
  "all/2": quantifier(false),
  "limit/2": counted("limit doesn't support negative count", limit),
  "skip/2": counted("skip doesn't support negative count", skip),
  "nth/2": counted("nth doesn't support negative indices", nth),
};

export function throwValue(value: JsonValue): never {
  throw new Raise(value);
}

function select(call: Call): Code {
  const condition = argumentCode(call, 0);
  if (condition.kind === "one") {
    const { get } = condition;
    return option((input, env) => (isTruthy(get(input, env)) ? input : undefined));
  }
  return many((input, env, emit) =>
    condition.each(input, env, (value) => isTruthy(value) && emit(input)),
  );
}

function spotsOfSelect(call: Call): SpotEach {
  const condition = argumentCode(call, 0);
  return (at, env, emit) => condition.each(at.value, env, (value) => isTruthy(value) && emit(at));
}

function updateOfSelect(call: Call): ReturnType<NonNullable<Native["update"]>> {
  const condition = argumentCode(call, 0);
  if (condition.kind !== "one") return undefined;
  const { get } = condition;
  return (value, env, change) => (isTruthy(get(value, env)) ? change(value) : KEEP);
}

function map(call: Call): Code {
  const code = argumentCode(call, 0);
  if (code.kind === "many") {
    return one((input, env) => {
      const results: JsonValue[] = [];
      iterate(input, env, (item) =>
        code.each(item, env, (value) => {
          results.push(value);
          return false;
        }),
      );
      return results;
    });
  }
  const get: GetOption = code.get;
  return one((input, env) => {
    const results: JsonValue[] = [];
    iterate(input, env, (item) => {
      const value = get(item, env);
      if (value !== undefined) results.push(value);
      return false;
    });
    return results;
  });
}

function spotsOfFirst(call: Call): SpotEach {
  const spots = argumentSpots(call, 0);
  return (at, env, emit) => {
    let isStopped = false;
    spots(at, env, (spot) => {
      isStopped = emit(spot);
      return true;
    });
    return isStopped;
  };
}

function last(call: Call): Code {
  const code = argumentCode(call, 0);
  return option((input, env) => {
    let final: JsonValue | undefined;
    code.each(input, env, (value) => {
      final = value;
      return false;
    });
    return final;
  });
}

function spotsOfLast(call: Call): SpotEach {
  const spots = argumentSpots(call, 0);
  return (at, env, emit) => {
    let final = at;
    let isFound = false;
    spots(at, env, (spot) => {
      final = spot;
      isFound = true;
      return false;
    });
    return isFound && emit(final);
  };
}

function isEmpty(): Native {
  return {
    code: (call) => {
      const first = firstOf(argumentCode(call, 0));
      return one((input, env) => first(input, env) === undefined);
    },
  };
}

/** `any` and `all`: looks for the outcome that settles the question, and no further than to the first. */
function quantifier(settled: boolean): Native {
  return {
    code: (call) => {
      const [generator, condition] = quantifierParts(call);
      return one((input, env) => {
        const isFound = generator(input, env, (item) =>
          condition.each(item, env, (value) => isTruthy(value) === settled),
        );
        return isFound === settled;
      });
    },
  };
}

const ITSELF: Code = one((input) => input);

function quantifierParts(call: Call): readonly [Each, Code] {
  if (call.args.length === 2) return [argumentCode(call, 0).each, argumentCode(call, 1)];
  return [iterate, call.args.length === 1 ? argumentCode(call, 0) : ITSELF];
}

type Counted = (count: number, code: Code, input: JsonValue) => (env: Env, emit: Emit) => boolean;

/** A builtin that counts outputs: `limit`, `skip`, `nth`. */
function counted(message: string, take: Counted): Native {
  return {
    code: (call) => {
      const counts = argumentCode(call, 0);
      const code = argumentCode(call, 1);
      return many((input, env, emit) =>
        counts.each(input, env, (count) => {
          if (typeof count === "number" && count >= 0) return take(count, code, input)(env, emit);
          if (compare(count, 0) < 0) return raise(message);
          return code.each(input, env, () => emit(subtract(count, 1, env.run)));
        }),
      );
    },
  };
}

function limit(count: number, code: Code, input: JsonValue): (env: Env, emit: Emit) => boolean {
  return (env, emit) => {
    let left = count;
    let isStopped = false;
    if (left <= 0) return false;
    code.each(input, env, (value) => {
      left -= 1;
      isStopped = emit(value);
      return isStopped || left <= 0;
    });
    return isStopped;
  };
}

function skip(count: number, code: Code, input: JsonValue): (env: Env, emit: Emit) => boolean {
  return (env, emit) => {
    let left = count;
    return code.each(input, env, (value) => {
      left -= 1;
      return left < 0 && emit(value);
    });
  };
}

function nth(count: number, code: Code, input: JsonValue): (env: Env, emit: Emit) => boolean {
  return (env, emit) => {
    let isStopped = false;
    skip(
      count,
      code,
      input,
    )(env, (value) => {
      isStopped = emit(value);
      return true;
    });
    return isStopped;
  };
}
