import { suggest } from "../../base/suggest.ts";
import { findLibrary, libraryNames } from "../builtins/library.ts";
import { findNative, nativeNames } from "../builtins/natives.ts";
import { type Code, constant, many } from "../code.ts";
import { climb } from "../env.ts";
import { elsewhere, type SpotEach } from "../spot.ts";
import type { CallSyntax, Definition, Syntax } from "../syntax.ts";
import type { Update } from "../update.ts";
import {
  type ArgumentEntry,
  type FunctionEntry,
  inner,
  type ParameterEntry,
  type Place,
  type Procedure,
  type Scope,
} from "./place.ts";
import { type MakeScope, procedureCode } from "./procedure.ts";

/** Functions nest at most this deep inside their callers; deeper ones are called. */
const INLINE_DEPTH_MAX = 32;
/** Procedures inside procedures are tried with every kind of result only this deep, as each try compiles again. */
const GUESS_DEPTH_MAX = 2;

type Callee = FunctionEntry | ArgumentEntry | ParameterEntry;

function find(syntax: CallSyntax, place: Place): Callee | undefined {
  const { name, args } = syntax;
  for (let entry = place.scope; entry !== undefined; entry = entry.up) {
    if (entry.name !== name || entry.kind === "variable" || entry.kind === "label") continue;
    const arity = entry.kind === "function" ? entry.definition.params.length : 0;
    if (arity === args.length) return entry;
  }
  return undefined;
}

/** What a call refers to: a name of the program, else a builtin written in jq. */
function resolve(syntax: CallSyntax, place: Place): Callee {
  const callee = find(syntax, place);
  if (callee !== undefined) return callee;
  const key = keyOf(syntax);
  const known = place.compiler.library.get(key);
  if (known !== undefined) return known;
  const definition = findLibrary(key);
  if (definition === undefined) throw undefinedFunction(syntax, place);
  const entry = functionEntry(definition, undefined, 0);
  place.compiler.library.set(key, entry);
  return entry;
}

function keyOf(syntax: CallSyntax): string {
  return `${syntax.name}/${syntax.args.length}`;
}

function undefinedFunction(syntax: CallSyntax, place: Place): Error {
  const names = [...nativeNames(), ...libraryNames()];
  for (let entry = place.scope; entry !== undefined; entry = entry.up) {
    if (entry.kind === "function") names.push(`${entry.name}/${entry.definition.params.length}`);
    if (entry.kind === "argument" || entry.kind === "parameter") names.push(`${entry.name}/0`);
  }
  const key = keyOf(syntax);
  const meant = names.find((name) => name.startsWith(`${syntax.name}/`)) ?? suggest(key, names);
  const hint = meant === undefined ? undefined : `did you mean ${meant}?`;
  return place.compiler.fail(`${key} is not defined`, syntax.range, hint);
}

/** The names of all builtins; those that begin with an underscore are nobody's business. */
function builtins(): string[] {
  const names = new Set([...nativeNames(), ...libraryNames(), "builtins/0"]);
  return [...names].filter((name) => !name.startsWith("_"));
}

function functionEntry(definition: Definition, up: Scope, level: number): FunctionEntry {
  return { kind: "function", name: definition.name, definition, level, up, procedure: undefined };
}

export function withDefinition(definition: Definition, place: Place): Place {
  return { ...place, scope: functionEntry(definition, place.scope, place.level) };
}

export function compileCall(syntax: CallSyntax, place: Place): Code {
  const native = find(syntax, place) === undefined ? findNative(keyOf(syntax)) : undefined;
  if (native !== undefined) return native.code({ args: syntax.args, place: inner(place) });
  if (syntax.name === "builtins" && find(syntax, place) === undefined) return constant(builtins());
  const callee = resolve(syntax, place);
  if (callee.kind === "argument") {
    return place.compiler.code(callee.syntax, { ...place, scope: callee.scope });
  }
  if (callee.kind === "parameter") return callParameter(place.level - callee.level);
  const inlined = inline(callee, syntax, place);
  if (inlined === undefined) return callProcedure(callee, syntax, place);
  const code = place.compiler.code(callee.definition.body, inlined);
  leaveInline(place);
  return code;
}

/** The place of a function's body when it takes the place of a call; undefined when it has to be called. */
function inline(entry: FunctionEntry, syntax: CallSyntax, place: Place): Place | undefined {
  const { compiler } = place;
  const { definition } = entry;
  if (
    definition.isRecursive ||
    compiler.inlinesLeft <= 0 ||
    compiler.inlineDepth >= INLINE_DEPTH_MAX
  ) {
    return undefined;
  }
  compiler.inlinesLeft -= 1;
  compiler.inlineDepth += 1;
  let scope: Scope = entry;
  for (const [index, name] of definition.params.entries()) {
    const argument = argumentAt(syntax, index);
    scope = { kind: "argument", name, syntax: argument, scope: place.scope, up: scope };
  }
  return { ...place, scope };
}

function leaveInline(place: Place): void {
  place.compiler.inlineDepth -= 1;
}

function argumentAt(syntax: CallSyntax, index: number): Syntax {
  const argument = syntax.args[index];
  if (argument === undefined)
    throw new Error("unreachable: a call has as many arguments as its callee");
  return argument;
}

function callParameter(hops: number): Code {
  return many((input, env, emit) => {
    const { closure } = climb(env, hops);
    return closure !== undefined && closure.code.each(input, closure.env, emit);
  });
}

/** Builds the scope of a procedure's body: the scope it was defined in, and its arguments. */
function compileArguments(entry: FunctionEntry, syntax: CallSyntax, place: Place): MakeScope {
  const hops = place.level - entry.level;
  const closures = syntax.args.map((arg) => ({
    code: place.compiler.code(arg, inner(place)),
    spots: lazySpots(() => place.compiler.spots(arg, inner(place))),
  }));
  if (closures.length === 0) return (env) => climb(env, hops);
  return (env) => {
    let scope = climb(env, hops);
    for (const closure of closures) scope = scope.bindClosure({ ...closure, env });
    return scope;
  };
}

/** Places are rarely asked for, so their code is made by the first who asks. */
function lazySpots(compile: () => SpotEach): SpotEach {
  let spots: SpotEach | undefined;
  return (at, env, emit) => {
    spots ??= compile();
    return spots(at, env, emit);
  };
}

function callProcedure(entry: FunctionEntry, syntax: CallSyntax, place: Place): Code {
  const procedure = procedureOf(entry, place);
  const scopeOf = compileArguments(entry, syntax, place);
  return procedureCode(procedure, scopeOf, place.isTail);
}

/**
 * Compiles a function that is called. How many outputs it has depends on itself when it is recursive: the narrowest
 * kind is tried first, and holds when the body then turns out to be of that kind.
 */
function procedureOf(entry: FunctionEntry, place: Place): Procedure {
  if (entry.procedure !== undefined) return entry.procedure;
  const { compiler } = place;
  const isGuessing = compiler.procedureDepth < GUESS_DEPTH_MAX;
  compiler.procedureDepth += 1;
  const kinds: Code["kind"][] = isGuessing ? ["one", "option"] : [];
  for (const kind of kinds) {
    const procedure: Procedure = { kind, code: undefined, spots: undefined };
    entry.procedure = procedure;
    const code = compiler.code(entry.definition.body, { ...bodyPlace(entry, place), isTail: true });
    if (code.kind === "one" || code.kind === kind) {
      procedure.code = code;
      compiler.procedureDepth -= 1;
      return procedure;
    }
  }
  const procedure: Procedure = { kind: "many", code: undefined, spots: undefined };
  entry.procedure = procedure;
  procedure.code = compiler.code(entry.definition.body, {
    ...bodyPlace(entry, place),
    isTail: true,
  });
  compiler.procedureDepth -= 1;
  return procedure;
}

function bodyPlace(entry: FunctionEntry, place: Place): Place {
  let scope: Scope = entry;
  let { level } = entry;
  for (const name of entry.definition.params) {
    level += 1;
    scope = { kind: "parameter", name, level, up: scope };
  }
  return { ...inner(place), scope, level };
}

export function spotsOfCall(syntax: CallSyntax, place: Place): SpotEach {
  const native = find(syntax, place) === undefined ? findNative(keyOf(syntax)) : undefined;
  if (native !== undefined) {
    const call = { args: syntax.args, place: inner(place) };
    if (native.spots !== undefined) return native.spots(call);
    if (findLibrary(keyOf(syntax)) !== undefined) return spotsOfCallee(syntax, place);
    const code = native.code(call);
    return (at, env, emit) => code.each(at.value, env, (value) => emit(elsewhere(at, value)));
  }
  return spotsOfCallee(syntax, place);
}

function spotsOfCallee(syntax: CallSyntax, place: Place): SpotEach {
  const callee = resolve(syntax, place);
  if (callee.kind === "argument") {
    return place.compiler.spots(callee.syntax, { ...place, scope: callee.scope });
  }
  if (callee.kind === "parameter") return spotsOfParameter(place.level - callee.level);
  const inlined = inline(callee, syntax, place);
  if (inlined === undefined) return spotsOfProcedure(callee, syntax, place);
  const spots = place.compiler.spots(callee.definition.body, inlined);
  leaveInline(place);
  return spots;
}

function spotsOfParameter(hops: number): SpotEach {
  return (at, env, emit) => {
    const { closure } = climb(env, hops);
    return closure !== undefined && closure.spots(at, closure.env, emit);
  };
}

function spotsOfProcedure(entry: FunctionEntry, syntax: CallSyntax, place: Place): SpotEach {
  const procedure = procedureOf(entry, place);
  const scopeOf = compileArguments(entry, syntax, place);
  if (procedure.spots === undefined) {
    procedure.spots = lazySpots(() =>
      place.compiler.spots(entry.definition.body, bodyPlace(entry, place)),
    );
  }
  const { spots } = procedure;
  return (at, env, emit) => {
    env.run.enter();
    const isStopped = spots(at, scopeOf(env), emit);
    env.run.leave();
    return isStopped;
  };
}

/** The update of a function's body, when it stands in the place of the call. */
export function updateOfCall(syntax: CallSyntax, place: Place): Update | undefined {
  const native = find(syntax, place) === undefined ? findNative(keyOf(syntax)) : undefined;
  if (native !== undefined) return native.update?.({ args: syntax.args, place: inner(place) });
  const callee = resolve(syntax, place);
  if (callee.kind === "argument") {
    return place.compiler.update(callee.syntax, { ...place, scope: callee.scope });
  }
  if (callee.kind === "parameter") return undefined;
  const inlined = inline(callee, syntax, place);
  if (inlined === undefined) return undefined;
  const update = place.compiler.update(callee.definition.body, inlined);
  leaveInline(place);
  return update;
}
