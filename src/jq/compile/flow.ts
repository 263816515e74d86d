import type { JsonValue } from "../../base/json.ts";
import type { Emit } from "../code.ts";
import { type Code, IDENTITY_CODE, many, one, option } from "../code.ts";
import type { Env } from "../env.ts";
import { Raise } from "../raise.ts";
import type { Run } from "../run.ts";
import { elsewhere, type SpotEach } from "../spot.ts";
import type { IfSyntax, PairSyntax, Syntax } from "../syntax.ts";
import { isTruthy } from "../values/kind.ts";
import { inner, type Place } from "./place.ts";

export function compilePipe(syntax: PairSyntax, place: Place): Code {
  const left = place.compiler.code(syntax.left, inner(place));
  const right = place.compiler.code(syntax.right, left.kind === "many" ? inner(place) : place);
  if (left.kind === "many") {
    return many((input, env, emit) =>
      left.each(input, env, (value) => right.each(value, env, emit)),
    );
  }
  if (left.kind === "one" && right.kind === "one") {
    return one((input, env) => right.get(left.get(input, env), env));
  }
  if (right.kind === "many") return pipeIntoMany(left.get, right.each);
  return option((input, env) => {
    const value = left.get(input, env);
    return value === undefined ? undefined : right.get(value, env);
  });
}

function pipeIntoMany(
  get: (input: JsonValue, env: Env) => JsonValue | undefined,
  each: (input: JsonValue, env: Env, emit: Emit) => boolean,
): Code {
  return many((input, env, emit) => {
    const value = get(input, env);
    return value === undefined ? false : each(value, env, emit);
  });
}

export function compileComma(syntax: PairSyntax, place: Place): Code {
  const left = place.compiler.code(syntax.left, inner(place));
  const right = place.compiler.code(syntax.right, place);
  return many((input, env, emit) => left.each(input, env, emit) || right.each(input, env, emit));
}

export function compileIf(syntax: IfSyntax, place: Place): Code {
  const condition = place.compiler.code(syntax.condition, inner(place));
  const branchPlace = condition.kind === "many" ? inner(place) : place;
  const then = place.compiler.code(syntax.yes, branchPlace);
  const otherwise =
    syntax.no === undefined ? IDENTITY_CODE : place.compiler.code(syntax.no, branchPlace);
  if (condition.kind === "one" && then.kind === "one" && otherwise.kind === "one") {
    return one((input, env) =>
      isTruthy(condition.get(input, env)) ? then.get(input, env) : otherwise.get(input, env),
    );
  }
  if (condition.kind !== "many" && then.kind !== "many" && otherwise.kind !== "many") {
    return option((input, env) => {
      const value = condition.get(input, env);
      if (value === undefined) return undefined;
      return isTruthy(value) ? then.get(input, env) : otherwise.get(input, env);
    });
  }
  if (condition.kind === "many") {
    return many((input, env, emit) =>
      condition.each(input, env, (value) =>
        isTruthy(value) ? then.each(input, env, emit) : otherwise.each(input, env, emit),
      ),
    );
  }
  return many((input, env, emit) => {
    const value = condition.get(input, env);
    if (value === undefined) return false;
    return isTruthy(value) ? then.each(input, env, emit) : otherwise.each(input, env, emit);
  });
}

export function compileLogic(syntax: PairSyntax, place: Place): Code {
  const left = place.compiler.code(syntax.left, inner(place));
  const right = place.compiler.code(syntax.right, inner(place));
  /** The outcome of the left side that settles the whole. */
  const settled = syntax.kind === "or";
  if (left.kind === "one" && right.kind === "one") {
    return one((input, env) =>
      isTruthy(left.get(input, env)) === settled ? settled : isTruthy(right.get(input, env)),
    );
  }
  return many((input, env, emit) =>
    left.each(input, env, (value) =>
      isTruthy(value) === settled
        ? emit(settled)
        : right.each(input, env, (other) => emit(isTruthy(other))),
    ),
  );
}

/** Lets only the program's own errors through, and forgets the calls that the error cut short. */
export function recover(error: unknown, run: Run, depth: number): Raise {
  if (!(error instanceof Raise)) throw error;
  run.depth = depth;
  return error;
}

/** Every true output of the left side; without one, the right side. Errors of the left side are errors. */
export function compileAlternative(syntax: PairSyntax, place: Place): Code {
  const left = place.compiler.code(syntax.left, inner(place));
  const right = place.compiler.code(syntax.right, place);
  if (left.kind === "many") {
    return many((input, env, emit) => {
      let isFound = false;
      const isStopped = left.each(input, env, (value) => {
        if (!isTruthy(value)) return false;
        isFound = true;
        return emit(value);
      });
      return isFound ? isStopped : right.each(input, env, emit);
    });
  }
  const attempt = (input: JsonValue, env: Env): JsonValue | undefined => {
    const value = left.get(input, env);
    return value !== undefined && isTruthy(value) ? value : undefined;
  };
  if (right.kind === "one") {
    return one((input, env) => attempt(input, env) ?? right.get(input, env));
  }
  if (right.kind === "option") {
    return option((input, env) => attempt(input, env) ?? right.get(input, env));
  }
  return many((input, env, emit) => {
    const value = attempt(input, env);
    return value === undefined ? right.each(input, env, emit) : emit(value);
  });
}

export function compileTry(body: Syntax, handler: Syntax | undefined, place: Place): Code {
  const code = place.compiler.code(body, inner(place));
  const rescue = handler === undefined ? undefined : place.compiler.code(handler, place);
  if (code.kind === "many" || rescue?.kind === "many") return tryMany(code, rescue);
  return option((input, env) => {
    const depth = env.run.depth;
    let raised: Raise;
    try {
      return code.get(input, env);
    } catch (error) {
      raised = recover(error, env.run, depth);
    }
    return rescue?.get(raised.value, env);
  });
}

function tryMany(code: Code, rescue: Code | undefined): Code {
  return many((input, env, emit) => {
    const depth = env.run.depth;
    let isOutside = false;
    let raised: Raise;
    try {
      return code.each(input, env, (value) => {
        isOutside = true;
        const isStopped = emit(value);
        isOutside = false;
        return isStopped;
      });
    } catch (error) {
      if (isOutside) throw error;
      raised = recover(error, env.run, depth);
    }
    return rescue === undefined ? false : rescue.each(raised.value, env, emit);
  });
}

export function spotsOfPipe(syntax: PairSyntax, place: Place): SpotEach {
  const left = place.compiler.spots(syntax.left, inner(place));
  const right = place.compiler.spots(syntax.right, inner(place));
  return (at, env, emit) => left(at, env, (middle) => right(middle, env, emit));
}

export function spotsOfComma(syntax: PairSyntax, place: Place): SpotEach {
  const left = place.compiler.spots(syntax.left, inner(place));
  const right = place.compiler.spots(syntax.right, inner(place));
  return (at, env, emit) => left(at, env, emit) || right(at, env, emit);
}

export function spotsOfIf(syntax: IfSyntax, place: Place): SpotEach {
  const condition = place.compiler.code(syntax.condition, inner(place));
  const then = place.compiler.spots(syntax.yes, inner(place));
  const otherwise: SpotEach =
    syntax.no === undefined
      ? (at, _env, emit) => emit(at)
      : place.compiler.spots(syntax.no, inner(place));
  return (at, env, emit) =>
    condition.each(at.value, env, (value) =>
      isTruthy(value) ? then(at, env, emit) : otherwise(at, env, emit),
    );
}

export function spotsOfAlternative(syntax: PairSyntax, place: Place): SpotEach {
  const left = place.compiler.spots(syntax.left, inner(place));
  const right = place.compiler.spots(syntax.right, inner(place));
  return (at, env, emit) => {
    let isFound = false;
    const isStopped = left(at, env, (spot) => {
      if (!isTruthy(spot.value)) return false;
      isFound = true;
      return emit(spot);
    });
    return isFound ? isStopped : right(at, env, emit);
  };
}

export function spotsOfTry(body: Syntax, handler: Syntax | undefined, place: Place): SpotEach {
  const spots = place.compiler.spots(body, inner(place));
  const rescue = handler === undefined ? undefined : place.compiler.spots(handler, inner(place));
  return (at, env, emit) => {
    const depth = env.run.depth;
    let isOutside = false;
    let raised: Raise;
    try {
      return spots(at, env, (spot) => {
        isOutside = true;
        const isStopped = emit(spot);
        isOutside = false;
        return isStopped;
      });
    } catch (error) {
      if (isOutside) throw error;
      raised = recover(error, env.run, depth);
    }
    return rescue === undefined ? false : rescue(elsewhere(at, raised.value), env, emit);
  };
}
