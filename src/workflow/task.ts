import { messageOf } from "../base/errors.ts";
import { Json, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Schema, Transform } from "../dsl/data-flow.ts";
import { kindOf, type Task } from "../dsl/task.ts";
import { evaluate, fill, isTrue, type Setting } from "./expression.ts";
import { Fault, standardFault } from "./fault.ts";
import { perform, unless, type Work } from "./fiber.ts";
import { at, durationMsIn, runVariables, settingOf } from "./frame.ts";
import { mismatchOf } from "./json-schema.ts";
import { errorData, noteTask, outputData } from "./lifecycle.ts";
import type { Frame, Site, TaskEnd, TaskResult } from "./run-state.ts";
import { breathe, breatheAt } from "./task-turn.ts";
import { runKind } from "./tasks.ts";
import { describeTime } from "./time.ts";

/** One task from its raw input to where the workflow goes on; the order is that of the specification's data flow. */
export function* runTask(site: Site, task: Task, rawInput: JsonValue): Work<TaskEnd> {
  const { run } = site;
  yield* breathe(site);
  const kind = kindOf(task);
  if (!kind) throw new Error("unreachable: a valid document has only known kinds of tasks");
  const descriptor = describeTask(site, task, rawInput);
  const before: Setting = {
    input: rawInput,
    variables: { ...runVariables(run), context: run.context, task: descriptor, ...site.locals },
    nowMs: run.nowMs,
    budget: run.budget,
  };
  const condition = task.if;
  if (condition !== undefined && !at(site, () => isTrue(condition, before))) {
    return { output: rawInput, next: "continue" };
  }
  noteTask(site, "started", kind);
  let isOver = false;
  try {
    checkSchema(site, task.input?.schema, rawInput, "input");
    const input = transform(site, task.input?.from, before);
    const frame = { ...site, input, descriptor };
    yield* breatheAt(site, "input");
    const result = yield* withTimeout(frame, task, runKind(task, frame));
    yield* breatheAt(site, "output");
    const output = finish(frame, task, result);
    isOver = true;
    noteTask(site, "completed", kind, outputData(output));
    return { output, next: result.next ?? task.then ?? "continue" };
  } catch (error) {
    isOver = true;
    if (error instanceof Fault) noteTask(site, "faulted", kind, errorData(error.error));
    throw error;
  } finally {
    if (!isOver) noteTask(site, "cancelled", kind);
  }
}

function describeTask({ run, name, pointer }: Site, task: Task, rawInput: JsonValue): JsonObject {
  return {
    name,
    reference: pointer,
    definition: Json.parse(task),
    input: rawInput,
    startedAt: describeTime(run.nowMs),
  };
}

function* withTimeout(frame: Frame, { timeout }: Task, work: Work<TaskResult>): Work<TaskResult> {
  const defined =
    typeof timeout === "string" ? frame.run.document.use?.timeouts?.[timeout] : timeout;
  if (timeout === undefined) return yield* work;
  if (!defined) {
    throw standardFault(
      "configuration",
      `unknown timeout ${JSON.stringify(timeout)}`,
      frame.pointer,
    );
  }
  const afterMs = durationMsIn(frame, defined.after);
  const alarm = function* (): Work<Error> {
    const dueMs = frame.run.nowMs + afterMs;
    yield* perform({ kind: "timer", id: `${frame.position}/timeout`, dueMs });
    return standardFault(
      "timeout",
      `"${frame.name}" took longer than ${afterMs} ms`,
      frame.pointer,
    );
  };
  return yield* unless(work, alarm());
}

/** From the raw output to the transformed one, and to the context. */
function finish(frame: Frame, task: Task, { output: rawOutput }: TaskResult): JsonValue {
  const { run, descriptor } = frame;
  const after = settingOf({ ...frame, descriptor: { ...descriptor, output: rawOutput } });
  const output = transform(frame, task.output?.as, { ...after, input: rawOutput });
  checkSchema(frame, task.output?.schema, output, "output");
  if (task.export) {
    const variables = { ...after.variables, output };
    const exported = transform(frame, task.export.as, { ...after, variables, input: output });
    checkSchema(frame, task.export.schema, exported, "export");
    if (task.export.as !== undefined) run.context = exported;
  }
  return output;
}

/** An expression gives a new value; an object is filled in; without either the value stays. */
export function transform(
  site: Pick<Site, "run" | "pointer">,
  how: Transform | undefined,
  setting: Setting,
): JsonValue {
  if (how === undefined) return setting.input;
  return at(site, () =>
    typeof how === "string" ? evaluate(how, setting) : fill(how, setting, site.run.mode),
  );
}

export function checkSchema(
  { pointer }: Pick<Site, "pointer">,
  schema: Schema | undefined,
  value: JsonValue,
  what: string,
): void {
  if (schema?.document === undefined) return;
  let mismatch: string | undefined;
  try {
    mismatch = mismatchOf(schema.document, value);
  } catch (error) {
    throw standardFault("configuration", `${what}.schema: ${messageOf(error)}`, pointer);
  }
  if (mismatch !== undefined) {
    throw standardFault(
      "validation",
      `the ${what} does not match its schema: ${mismatch}`,
      pointer,
    );
  }
}
