import type { JsonValue } from "../base/json.ts";
import type { RunEnd } from "../durable/program.ts";
import { durationMs } from "./duration.ts";
import type { Setting } from "./expression.ts";
import { Fault, standardFault } from "./fault.ts";
import { perform, unless, type Work } from "./fiber.ts";
import { at, runVariables } from "./frame.ts";
import { type ListEnd, runList } from "./list.ts";
import type { RunState } from "./run-state.ts";
import { breatheAt } from "./task-turn.ts";
import { checkSchema, transform } from "./task.ts";

/** A whole run, from its raw input to its end. */
export function* runWorkflow(run: RunState, rawInput: JsonValue): Work<RunEnd> {
  try {
    return { status: "completed", output: yield* course(run, rawInput) };
  } catch (error) {
    if (error instanceof Fault) return { status: "failed", error: error.error };
    throw error;
  }
}

function* course(run: RunState, rawInput: JsonValue): Work<JsonValue> {
  const { document } = run;
  const atInput = { run, pointer: "/input" };
  checkSchema(atInput, document.input?.schema, rawInput, "workflow's input");
  const input = transform(atInput, document.input?.from, settingOf(run, rawInput));
  const site = { run, name: "", pointer: "/do", position: "/do", locals: {}, callDepth: 0 };
  const end = yield* withTimeout(run, input, runList(document.do, site, input));
  yield* breatheAt({ run, position: "" }, "output");
  const atOutput = { run, pointer: "/output" };
  const after = settingOf(run, end.output);
  const variables = { ...after.variables, context: run.context };
  const output = transform(atOutput, document.output?.as, { ...after, variables });
  checkSchema(atOutput, document.output?.schema, output, "workflow's output");
  return output;
}

function settingOf(run: RunState, input: JsonValue): Setting {
  return { input, variables: runVariables(run), nowMs: run.nowMs, budget: run.budget };
}

function* withTimeout(run: RunState, input: JsonValue, work: Work<ListEnd>): Work<ListEnd> {
  const { timeout, use } = run.document;
  if (timeout === undefined) return yield* work;
  const pointer = "/timeout";
  const defined = typeof timeout === "string" ? use?.timeouts?.[timeout] : timeout;
  if (!defined)
    throw standardFault("configuration", `unknown timeout ${JSON.stringify(timeout)}`, pointer);
  const afterMs = at({ pointer }, () => durationMs(defined.after, settingOf(run, input)));
  const alarm = function* (): Work<Error> {
    yield* perform({ kind: "timer", id: pointer, dueMs: run.nowMs + afterMs });
    return standardFault("timeout", `the workflow took longer than ${afterMs} ms`, pointer);
  };
  return yield* unless(work, alarm());
}
