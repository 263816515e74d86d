import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Duration } from "../dsl/duration.ts";
import { durationMs } from "./duration.ts";
import {
  evaluate,
  ExpressionFailure,
  fill,
  isTrue,
  type Setting,
  type Variables,
} from "./expression.ts";
import { standardFault } from "./fault.ts";
import type { Frame, RunState, Site } from "./run-state.ts";
import { UnclosedExpression } from "./template.ts";
import { fillUri } from "./uri-template.ts";

/** The first version of the meaning of documents; not that of the binary, which a replay must not see. */
const RUNTIME: JsonObject = { name: "stigmer", version: "1", metadata: {} };

/** What the task's own definition is evaluated with: its transformed input, and the arguments it may use. */
export function settingOf(frame: Frame, more: Variables = {}): Setting {
  const { run, input, descriptor, locals } = frame;
  const variables = {
    ...runVariables(run),
    context: run.context,
    task: descriptor,
    input,
    ...locals,
    ...more,
  };
  return { input, variables, nowMs: run.nowMs, budget: run.budget };
}

/** The arguments that every expression of a run may use. */
export function runVariables({ workflow }: RunState): Record<string, JsonValue> {
  return { workflow, runtime: RUNTIME };
}

/** Does it with every failed expression turned into an error of that place. */
export function at<T>({ pointer }: Pick<Site, "pointer">, evaluation: () => T): T {
  try {
    return evaluation();
  } catch (error) {
    if (error instanceof ExpressionFailure || error instanceof UnclosedExpression) {
      throw standardFault("expression", error.message, pointer);
    }
    throw error;
  }
}

/** The value of a field of the task that is an expression by its nature. */
export function evaluateIn(frame: Frame, text: string, more?: Variables): JsonValue {
  return at(frame, () => evaluate(text, settingOf(frame, more)));
}

export function isTrueIn(frame: Frame, text: string, more?: Variables): boolean {
  return at(frame, () => isTrue(text, settingOf(frame, more)));
}

/** A value of the task's definition with its expressions evaluated. */
export function fillIn(frame: Frame, template: JsonValue): JsonValue {
  return at(frame, () => fill(template, settingOf(frame), frame.run.mode));
}

export function fillUriIn(frame: Frame, template: string): string {
  return at(frame, () => fillUri(template, settingOf(frame)));
}

/** A text of the task's definition with its expressions evaluated; what is not text by then becomes JSON. */
export function fillTextIn(frame: Frame, template: string): string {
  const value = fillIn(frame, template);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Milliseconds of a duration of the document, never less than none. */
export function durationMsIn(frame: Frame, duration: Duration): number {
  return at(frame, () => durationMs(duration, settingOf(frame)));
}
