import { messageOf } from "../base/errors.ts";
import { isJsonObject, type JsonValue } from "../base/json.ts";
import { compile } from "../jq/compile.ts";
import { excessOf } from "./bounds.ts";
import { type Budget, fuelLeft } from "./budget.ts";
import { type Segment, soleExpression, splitTemplate } from "./template.ts";

export type Variables = Readonly<Record<string, JsonValue>>;
export type Mode = "strict" | "loose";

/** What an expression is evaluated with. */
export interface Setting {
  readonly input: JsonValue;
  readonly variables: Variables;
  readonly nowMs: number;
  /** What every evaluation of the turn spends of. */
  readonly budget: Budget;
}

/** What it takes to begin: no number of small expressions is free. */
const EVALUATION_FUEL = 20;
/** What of an expression goes into a message, which a run may keep for good. */
const SHOWN_MAX = 500;

/** An expression failed; the message says which and why. */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}

/** The value of a field that is an expression by its nature (`if`, `in`, `as`, …): `.a` and `${ .a }` are the same. */
export function evaluate(text: string, setting: Setting): JsonValue {
  return run(bareExpression(text), setting);
}

/** The jq text of a field that is an expression by its nature. */
export function bareExpression(text: string): string {
  return text.includes("${") ? (soleExpression(splitTemplate(text))?.text ?? text) : text;
}

/** As conditions go: everything but false and null is true. */
export function isTrue(text: string, setting: Setting): boolean {
  const value = evaluate(text, setting);
  return value !== false && value !== null;
}

/** A value of a document, with the expressions inside its texts replaced. What they give is never looked at again. */
export function fill(template: JsonValue, setting: Setting, mode: Mode): JsonValue {
  if (typeof template === "string") return fillText(template, setting, mode);
  return bounded(fillParts(template, setting, mode));
}

function fillParts(template: JsonValue, setting: Setting, mode: Mode): JsonValue {
  if (typeof template === "string") return fillText(template, setting, mode);
  if (Array.isArray(template)) return template.map((item) => fillParts(item, setting, mode));
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillParts(value, setting, mode)]),
  );
}

function fillText(text: string, setting: Setting, mode: Mode): JsonValue {
  if (!text.includes("${")) return mode === "loose" ? guess(text, setting) : text;
  const segments = splitTemplate(text);
  const sole = soleExpression(segments);
  if (sole) return run(sole.text, setting);
  let words = "";
  for (const segment of segments) words = bounded(words + wordsOf(segment, setting));
  return words;
}

/** In loose mode any text may be an expression; one that can't be evaluated means itself. */
function guess(text: string, setting: Setting): JsonValue {
  if (text.trim() === "") return text;
  try {
    return run(text, setting);
  } catch (error) {
    if (error instanceof ExpressionFailure) return text;
    throw error;
  }
}

function wordsOf(segment: Segment, setting: Setting): string {
  if (segment.kind === "text") return segment.text;
  const value = run(segment.text, setting);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The first result; none at all counts as null. */
function run(text: string, setting: Setting): JsonValue {
  const { input, variables, nowMs, budget } = setting;
  const onSpent = (fuel: number): void => {
    budget.spent += EVALUATION_FUEL + fuel;
  };
  try {
    const options = { fuel: fuelLeft(budget), nowMs, onSpent };
    const value = compile(text).first(input, variables, options) ?? null;
    return value === input ? value : bounded(value);
  } catch (error) {
    const told = text.trim();
    const shown = told.length > SHOWN_MAX ? `${told.slice(0, SHOWN_MAX)}…` : told;
    throw new ExpressionFailure(`${messageOf(error)} in the expression: ${shown}`, {
      cause: error,
    });
  }
}

/** The value, when it can be kept. */
function bounded<Value extends JsonValue>(value: Value): Value {
  const excess = excessOf(value);
  if (excess !== undefined) throw new ExpressionFailure(excess);
  return value;
}
