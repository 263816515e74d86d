import type { JsonValue } from "../../base/json.ts";
import { type Code, type Emit, IDENTITY_CODE, many, one } from "../code.ts";
import type { Env } from "../env.ts";
import { elsewhere, type Spot, type SpotEach } from "../spot.ts";
import type { FoldSyntax } from "../syntax.ts";
import { type Accumulate, compileAccumulate, type State } from "./accumulate.ts";
import { bindEach, compileSource } from "./bind.ts";
import { inner, type Place } from "./place.ts";

/** `reduce`: the last output of each round goes into the next; a round without output leaves null. */
export function compileReduce(syntax: FoldSyntax, place: Place): Code {
  const { compiler } = place;
  const source = compiler.code(syntax.source, inner(place));
  const initial = compiler.code(syntax.initial, inner(place));
  const { bindAll, inside } = compileSource(syntax.patterns, place);
  const round =
    compileAccumulate(syntax.update, inside) ?? anyRound(compiler.code(syntax.update, inside));
  const fold = (input: JsonValue, env: Env, start: JsonValue): JsonValue => {
    const state: State = { value: start, isOwned: false };
    source.each(input, env, (value) =>
      bindEach(bindAll, { value, env }, (bound) => {
        env.run.spend(1);
        round(state, bound);
        return false;
      }),
    );
    return state.value;
  };
  if (initial.kind === "one") {
    return one((input, env) => fold(input, env, initial.get(input, env)));
  }
  return many((input, env, emit) => {
    // As in jq, only the first of several initial states finds the input still there.
    let left: JsonValue = input;
    return initial.each(input, env, (start) => {
      const result = fold(left, env, start);
      left = null;
      return emit(result);
    });
  });
}

/** A round of any other update. */
function anyRound(update: Code): Accumulate {
  return (state, env) => {
    const { value } = state;
    state.value = null;
    state.value = lastOf(update, value, env);
  };
}

function lastOf(code: Code, input: JsonValue, env: Env): JsonValue {
  if (code.kind !== "many") return code.get(input, env) ?? null;
  let last: JsonValue = null;
  code.each(input, env, (value) => {
    last = value;
    return false;
  });
  return last;
}

/** `foreach`: like `reduce`, and every state on the way goes out through `extract`. */
export function compileForeach(syntax: FoldSyntax, place: Place): Code {
  const { compiler } = place;
  const source = compiler.code(syntax.source, inner(place));
  const initial = compiler.code(syntax.initial, inner(place));
  const { bindAll, inside } = compileSource(syntax.patterns, place);
  const update = compiler.code(syntax.update, inside);
  const extract =
    syntax.extract === undefined ? IDENTITY_CODE : compiler.code(syntax.extract, inside);
  const loop = (input: JsonValue, env: Env, state: { value: JsonValue }, emit: Emit): boolean =>
    source.each(input, env, (value) =>
      bindEach(bindAll, { value, env }, (bound) => {
        env.run.spend(1);
        const previous = state.value;
        state.value = null;
        return update.each(previous, bound, (next) => {
          state.value = next;
          return extract.each(next, bound, emit);
        });
      }),
    );
  return many((input, env, emit) =>
    initial.each(input, env, (start) => loop(input, env, { value: start }, emit)),
  );
}

/** The places of a `foreach` are those that its source is at, as far as the state is still the value found there. */
export function spotsOfForeach(syntax: FoldSyntax, place: Place): SpotEach {
  const { compiler } = place;
  const source = compiler.spots(syntax.source, inner(place));
  const initial = compiler.code(syntax.initial, inner(place));
  const { bindAll, inside } = compileSource(syntax.patterns, place);
  const update = compiler.spots(syntax.update, inside);
  const extract: SpotEach =
    syntax.extract === undefined
      ? (at, _env, emit) => emit(at)
      : compiler.spots(syntax.extract, inside);
  return (at, env, emit) =>
    initial.each(at.value, env, (start) => {
      let state: JsonValue = start;
      return source(at, env, (item) =>
        bindEach(bindAll, { value: item.value, env }, (bound) => {
          env.run.spend(1);
          const previous: Spot = elsewhere(item, state);
          state = null;
          return update(previous, bound, (next) => {
            state = next.value;
            return extract(next, bound, emit);
          });
        }),
      );
    });
}
