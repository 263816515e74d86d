import type { JsonValue } from "../../base/json.ts";
import { recurseCode, recurseSpots } from "../builtins/recurse.ts";
import { type Code, constant, IDENTITY_CODE } from "../code.ts";
import { elsewhere, nowhere, type SpotEach } from "../spot.ts";
import type { Syntax } from "../syntax.ts";
import type { Update } from "../update.ts";
import {
  compileIndex,
  compileIterate,
  compileSlice,
  spotsOfIndex,
  spotsOfIterate,
  spotsOfSlice,
} from "./access.ts";
import { compileAssign } from "./assign.ts";
import {
  compileBind,
  compileBreak,
  compileLabel,
  compileVariable,
  spotsOfBind,
  spotsOfCode,
  spotsOfLabel,
} from "./bind.ts";
import { compileCall, spotsOfCall, updateOfCall, withDefinition } from "./call.ts";
import { compileArray, compileFormat, compileObject, compileString } from "./construct.ts";
import {
  compileAlternative,
  compileComma,
  compileIf,
  compileLogic,
  compilePipe,
  compileTry,
  spotsOfAlternative,
  spotsOfComma,
  spotsOfIf,
  spotsOfPipe,
  spotsOfTry,
} from "./flow.ts";
import { compileForeach, compileReduce, spotsOfForeach } from "./fold.ts";
import { compileBinary, compileNegate } from "./operate.ts";
import { inner, type Place } from "./place.ts";
import {
  updateOfIf,
  updateOfIndex,
  updateOfIterate,
  updateOfPipe,
  updateOfSlice,
} from "./rewrite.ts";

type Kind = Syntax["kind"];
type MemberOf<K, Member> = Member extends { readonly kind: infer Own }
  ? K extends Own
    ? Member
    : never
  : never;
type Node<K extends Kind> = { [P in K]: MemberOf<P, Syntax> & { readonly kind: P } }[K];
type Rules<Result> = { readonly [K in Kind]: (syntax: Node<K>, place: Place) => Result };

const CODE: Rules<Code> = {
  identity: () => IDENTITY_CODE,
  recurse: () => recurseCode(),
  literal: (syntax) => constant(syntax.value),
  string: compileString,
  format: (syntax, place) => compileFormat(syntax.format, place),
  index: compileIndex,
  slice: compileSlice,
  iterate: (syntax, place) => compileIterate(syntax.target, syntax.optional, place),
  try: (syntax, place) => compileTry(syntax.body, syntax.handler, place),
  negate: (syntax, place) => compileNegate(syntax.operand, place),
  pipe: compilePipe,
  comma: compileComma,
  and: compileLogic,
  or: compileLogic,
  alternative: compileAlternative,
  binary: compileBinary,
  assign: compileAssign,
  if: compileIf,
  reduce: compileReduce,
  foreach: compileForeach,
  define: (syntax, place) =>
    place.compiler.code(syntax.body, withDefinition(syntax.definition, place)),
  call: compileCall,
  variable: compileVariable,
  bind: compileBind,
  label: compileLabel,
  break: compileBreak,
  array: (syntax, place) => compileArray(syntax.items, place),
  object: (syntax, place) => compileObject(syntax.entries, place),
};

export function generateCode<K extends Kind>(syntax: Node<K>, place: Place): Code {
  const rule: (syntax: Node<K>, place: Place) => Code = CODE[syntax.kind];
  return rule(syntax, place);
}

type SomeRules<Result> = { readonly [K in Kind]?: (syntax: Node<K>, place: Place) => Result };

/** Expressions that name places; every other kind makes values. */
const SPOTS: SomeRules<SpotEach> = {
  identity: () => (at, _env, emit) => emit(at),
  recurse: () => recurseSpots,
  literal: ({ value }) => spotsOfLiteral(value),
  index: spotsOfIndex,
  slice: spotsOfSlice,
  iterate: (syntax, place) => spotsOfIterate(syntax.target, syntax.optional, place),
  try: (syntax, place) => spotsOfTry(syntax.body, syntax.handler, place),
  pipe: spotsOfPipe,
  comma: spotsOfComma,
  alternative: spotsOfAlternative,
  if: spotsOfIf,
  foreach: spotsOfForeach,
  define: (syntax, place) =>
    place.compiler.spots(syntax.body, withDefinition(syntax.definition, place)),
  call: spotsOfCall,
  bind: spotsOfBind,
  label: spotsOfLabel,
};

/** `null`, `true` and `false` are the same wherever they stand; other literals are values of their own. */
function spotsOfLiteral(value: JsonValue): SpotEach {
  const isShared = value === null || typeof value === "boolean";
  return (at, _env, emit) => emit(isShared ? elsewhere(at, value) : nowhere(at, value));
}

export function generateSpots<K extends Kind>(syntax: Node<K>, place: Place): SpotEach {
  const rule: ((syntax: Node<K>, place: Place) => SpotEach) | undefined = SPOTS[syntax.kind];
  return rule === undefined
    ? spotsOfCode(place.compiler.code(syntax, inner(place)))
    : rule(syntax, place);
}

/** Expressions whose places never overlap, so that one walk can change them all. */
const UPDATES: SomeRules<Update | undefined> = {
  identity: () => (value, _env, change) => change(value),
  index: updateOfIndex,
  slice: updateOfSlice,
  iterate: (syntax, place) => updateOfIterate(syntax.target, syntax.optional, place),
  pipe: updateOfPipe,
  if: updateOfIf,
  call: updateOfCall,
  define: (syntax, place) =>
    place.compiler.update(syntax.body, withDefinition(syntax.definition, place)),
};

export function generateUpdate<K extends Kind>(syntax: Node<K>, place: Place): Update | undefined {
  const rule: ((syntax: Node<K>, place: Place) => Update | undefined) | undefined =
    UPDATES[syntax.kind];
  return rule?.(syntax, place);
}
