import { type Code, many, one } from "../code.ts";
import { goTo } from "../compile/access.ts";
import { compileRewrite } from "../compile/assign.ts";
import { pathOf, type Spot, type SpotEach, startSpot } from "../spot.ts";
import { deletePaths } from "../values/delete.ts";
import { getPath, requirePath, setPath } from "../values/update.ts";
import {
  argument,
  argumentCode,
  argumentSpots,
  binary,
  type Call,
  type Natives,
  ternary,
} from "./native.ts";

/** Builtins about places in a value. */
export const paths: Natives = {
  "path/1": { code: path },
  "del/1": { code: del },
  "getpath/1": { ...binary(getPath), spots: spotsOfGetPath },
  "setpath/2": ternary((input, [keys, value]) => setPath(input, keys, value)),
  "delpaths/1": binary(deletePaths),
};

function path(call: Call): Code {
  const spots = argumentSpots(call, 0);
  return many((input, env, emit) => spots(startSpot(input), env, (spot) => emit(pathOf(spot))));
}

function del(call: Call): Code {
  const rewrite = compileRewrite(argument(call, 0), call.place);
  return one((input, env) => rewrite(input, env, () => undefined));
}

function spotsOfGetPath(call: Call): SpotEach {
  const code = argumentCode(call, 0);
  return (at, env, emit) =>
    code.each(at.value, env, (keys) => {
      let spot: Spot = at;
      for (const key of requirePath(keys)) spot = goTo(spot, key);
      return emit(spot);
    });
}
