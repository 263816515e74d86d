import { type Code, type GetOne, type GetOption, many, one, option } from "../code.ts";
import type { Env } from "../env.ts";
import type { Procedure } from "./place.ts";

/** Builds the scope of a procedure's body out of the scope of its caller. */
export type MakeScope = (env: Env) => Env;

/** A call of a procedure, of the kind that the procedure was given. */
export function procedureCode(procedure: Procedure, scopeOf: MakeScope, isTail: boolean): Code {
  if (procedure.kind === "many") return callMany(procedure, scopeOf, isTail);
  if (procedure.kind === "option") return callOption(procedure, scopeOf, isTail);
  return callOne(procedure, scopeOf, isTail);
}

/** A call that nothing waits for replaces its caller, so it may be repeated for as long as the fuel lasts. */
function callOne(procedure: Procedure, scopeOf: MakeScope, isTail: boolean): Code {
  if (isTail) {
    return one((input, env) => {
      env.run.spend(1);
      return oneOf(procedure)(input, scopeOf(env));
    });
  }
  return one((input, env) => {
    env.run.enter();
    const value = oneOf(procedure)(input, scopeOf(env));
    env.run.leave();
    return value;
  });
}

function callOption(procedure: Procedure, scopeOf: MakeScope, isTail: boolean): Code {
  if (isTail) {
    return option((input, env) => {
      env.run.spend(1);
      return optionOf(procedure)(input, scopeOf(env));
    });
  }
  return option((input, env) => {
    env.run.enter();
    const value = optionOf(procedure)(input, scopeOf(env));
    env.run.leave();
    return value;
  });
}

function oneOf({ code }: Procedure): GetOne {
  if (code?.kind === "one") return code.get;
  throw new Error("unreachable: a procedure has the kind it was given");
}

function optionOf({ code }: Procedure): GetOption {
  if (code !== undefined && code.kind !== "many") return code.get;
  throw new Error("unreachable: a procedure has the kind it was given");
}

function callMany(procedure: Procedure, scopeOf: MakeScope, isTail: boolean): Code {
  const code = (): Code => {
    if (procedure.code === undefined)
      throw new Error("unreachable: a procedure is compiled before it runs");
    return procedure.code;
  };
  if (isTail) {
    return many((input, env, emit) => {
      env.run.spend(1);
      return code().each(input, scopeOf(env), emit);
    });
  }
  return many((input, env, emit) => {
    env.run.enter();
    const isStopped = code().each(input, scopeOf(env), emit);
    env.run.leave();
    return isStopped;
  });
}
