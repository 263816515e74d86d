import type { JsonValue } from "../../base/json.ts";
import { type Code, type Each, many, one } from "../code.ts";
import { isTruthy } from "../values/kind.ts";
import { argumentCode, type Call, type Natives } from "./native.ts";

/** Builtins that go on from their own outputs. */
export const loops: Natives = {
  "until/2": { code: until },
  "while/2": { code: whileTrue },
  "repeat/1": { code: repeat },
  "recurse/1": { code: recurseBy },
};

function until(call: Call): Code {
  const condition = argumentCode(call, 0);
  const next = argumentCode(call, 1);
  if (condition.kind !== "one" || next.kind !== "one") return untilMany(condition, next);
  return one((input, env) => {
    let value = input;
    while (!isTruthy(condition.get(value, env))) {
      env.run.spend(1);
      value = next.get(value, env);
    }
    return value;
  });
}

function untilMany(condition: Code, next: Code): Code {
  const loop: Each = (input, env, emit) => {
    env.run.enter();
    const isStopped = condition.each(input, env, (done) =>
      isTruthy(done) ? emit(input) : next.each(input, env, (value) => loop(value, env, emit)),
    );
    env.run.leave();
    return isStopped;
  };
  return many(loop);
}

function whileTrue(call: Call): Code {
  const condition = argumentCode(call, 0);
  const update = argumentCode(call, 1);
  if (condition.kind === "one" && update.kind !== "many") {
    return many((input, env, emit) => {
      let value: JsonValue | undefined = input;
      while (value !== undefined && isTruthy(condition.get(value, env))) {
        env.run.spend(1);
        if (emit(value)) return true;
        value = update.get(value, env);
      }
      return false;
    });
  }
  const loop: Each = (input, env, emit) => {
    env.run.enter();
    const isStopped = condition.each(
      input,
      env,
      (isGood) =>
        isTruthy(isGood) &&
        (emit(input) || update.each(input, env, (value) => loop(value, env, emit))),
    );
    env.run.leave();
    return isStopped;
  };
  return many(loop);
}

function repeat(call: Call): Code {
  const code = argumentCode(call, 0);
  return many((input, env, emit) => {
    for (;;) {
      env.run.spend(1);
      if (code.each(input, env, emit)) return true;
    }
  });
}

/** `recurse(f)`: a chain of single values is a loop, so it may be as long as the fuel lasts. */
function recurseBy(call: Call): Code {
  const code = argumentCode(call, 0);
  if (code.kind !== "many") {
    return many((input, env, emit) => {
      let value: JsonValue | undefined = input;
      while (value !== undefined) {
        env.run.spend(1);
        if (emit(value)) return true;
        value = code.get(value, env);
      }
      return false;
    });
  }
  const loop: Each = (input, env, emit) => {
    if (emit(input)) return true;
    env.run.enter();
    const isStopped = code.each(input, env, (value) => loop(value, env, emit));
    env.run.leave();
    return isStopped;
  };
  return many(loop);
}
