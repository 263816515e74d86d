import type { JsonValue } from "../../base/json.ts";
import type { GetOne } from "../code.ts";
import type { Env } from "../env.ts";
import type { AssignSyntax, BinarySyntax, Syntax } from "../syntax.ts";
import { access } from "../values/access.ts";
import { add } from "../values/arithmetic.ts";
import { putField } from "../values/fields.ts";
import { isObject, isTruthy } from "../values/kind.ts";
import { replaceItem } from "../values/update.ts";
import { operationOf } from "./operate.ts";
import type { Place } from "./place.ts";

/** The state of a `reduce`. It is owned when the last round made it, so that nothing else holds it yet. */
export interface State {
  value: JsonValue;
  isOwned: boolean;
}

/** One round of a `reduce` whose update is known to change one place, or to add to the end. */
export type Accumulate = (state: State, env: Env) => void;

/**
 * Finds updates such as `.[$key] += 1` and `. + [$item]`. Copying the state in every round would make a list of n items
 * cost n² steps; a state that nobody else holds is changed where it is.
 */
export function compileAccumulate(update: Syntax, place: Place): Accumulate | undefined {
  if (update.kind === "binary" && update.operator === "+") return compileAppend(update, place);
  return update.kind === "assign" ? compilePut(update, place) : undefined;
}

function compileAppend(syntax: BinarySyntax, place: Place): Accumulate | undefined {
  const right = place.compiler.code(syntax.right, place);
  if (syntax.left.kind !== "identity" || right.kind !== "one") return undefined;
  const isSeparate = ignoresInput(syntax.right);
  return (state, env) => {
    const { value, isOwned } = take(state);
    const addition = right.get(value, env);
    if (isOwned && isSeparate && Array.isArray(value) && Array.isArray(addition)) {
      for (const item of addition) value.push(item);
      give(state, value, true);
      return;
    }
    const isFresh = value !== null && addition !== null;
    give(state, add(value, addition, env.run), isFresh);
  };
}

function compilePut(syntax: AssignSyntax, place: Place): Accumulate | undefined {
  const { target } = syntax;
  if (target.kind !== "index" || target.optional || target.target.kind !== "identity")
    return undefined;
  const key = place.compiler.code(target.key, place);
  const value = place.compiler.code(syntax.value, place);
  if (key.kind !== "one" || value.kind !== "one") return undefined;
  const isSeparate = syntax.operator === "|=" || ignoresInput(syntax.value);
  const change = changeOf(syntax.operator, value.get);
  return (state, env) => {
    const { value: holder, isOwned } = take(state);
    const operand = syntax.operator === "|=" ? null : value.get(holder, env);
    const name = key.get(holder, env);
    const item = change(access(holder, name), operand, env);
    const isSafe = isSeparate || typeof operand !== "object" || operand === null;
    if (isOwned && isSafe && putInPlace(holder, name, item)) give(state, holder, true);
    else give(state, replaceItem(holder, name, item), true);
  };
}

type ChangeItem = (old: JsonValue, operand: JsonValue, env: Env) => JsonValue;

function changeOf(operator: AssignSyntax["operator"], update: GetOne): ChangeItem {
  if (operator === "=") return (_old, operand) => operand;
  if (operator === "|=") return (old, _operand, env) => update(old, env);
  if (operator === "//=") return (old, operand) => (isTruthy(old) ? old : operand);
  return operationOf(operator);
}

/** Takes the state away for the round: should it fail and be tried again, it finds null, as in jq. */
function take(state: State): State {
  const { value, isOwned } = state;
  give(state, null, false);
  return { value, isOwned };
}

function give(state: State, value: JsonValue, isOwned: boolean): void {
  state.value = value;
  state.isOwned = isOwned;
}

function putInPlace(holder: JsonValue, key: JsonValue, item: JsonValue): boolean {
  if (typeof key === "string" && isObject(holder)) {
    putField(holder, key, item);
    return true;
  }
  if (typeof key !== "number" || !Array.isArray(holder)) return false;
  if (!Number.isInteger(key) || key < 0 || key > holder.length) return false;
  holder[key] = item;
  return true;
}

/** Whether no part of an expression's input can get into its value. */
function ignoresInput(syntax: Syntax): boolean {
  if (syntax.kind === "literal" || syntax.kind === "variable") return true;
  if (syntax.kind === "array") return syntax.items === undefined || ignoresInput(syntax.items);
  if (syntax.kind === "object") {
    return syntax.entries.every(({ key, value }) => ignoresInput(key) && ignoresInput(value));
  }
  if (syntax.kind === "index" || syntax.kind === "iterate") return ignoresInput(syntax.target);
  if (syntax.kind === "pipe") return ignoresInput(syntax.left);
  return "left" in syntax && ignoresInput(syntax.left) && ignoresInput(syntax.right);
}
