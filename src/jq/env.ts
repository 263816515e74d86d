import type { JsonValue } from "../base/json.ts";
import type { Code } from "./code.ts";
import type { Run } from "./run.ts";
import type { SpotEach } from "./spot.ts";

/** A function argument that is itself a program, with the scope it was written in. */
export interface Closure {
  readonly code: Code;
  readonly spots: SpotEach;
  readonly env: Env;
}

/**
 * One binding and all that surround it. Never changed after it is made: a program that backs up into an earlier
 * choice finds the bindings of that choice.
 */
export class Env {
  readonly run: Run;
  readonly value: JsonValue;
  readonly closure: Closure | undefined;
  readonly up: Env;

  private constructor(
    run: Run,
    up: Env | undefined,
    value: JsonValue,
    closure: Closure | undefined,
  ) {
    this.run = run;
    this.value = value;
    this.closure = closure;
    this.up = up ?? this;
  }

  static root(run: Run): Env {
    return new Env(run, undefined, null, undefined);
  }

  bind(value: JsonValue): Env {
    return new Env(this.run, this, value, undefined);
  }

  bindClosure(closure: Closure): Env {
    return new Env(this.run, this, null, closure);
  }
}

export function climb(env: Env, levels: number): Env {
  let current = env;
  for (let left = levels; left > 0; left -= 1) current = current.up;
  return current;
}
