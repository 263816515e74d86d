import { Json } from "../../base/json.ts";
import type { ErrorFilter } from "../../dsl/error.ts";
import { extendPointer } from "../../dsl/pointer.ts";
import type { RetryPolicy } from "../../dsl/retry.ts";
import type { TryTask } from "../../dsl/try.ts";
import type { RunError } from "../../durable/errors.ts";
import { Fault, isSameType, standardFault } from "../fault.ts";
import { perform, unless, type Work } from "../fiber.ts";
import { durationMsIn, isTrueIn } from "../frame.ts";
import { errorData, noteTask } from "../lifecycle.ts";
import { type ListEnd, runList, toResult } from "../list.ts";
import { nextDelayMs } from "../retry.ts";
import type { Frame, TaskResult } from "../run-state.ts";
import { breatheAt } from "../task-turn.ts";

/**
 * Runs its tasks; an error that the catch means is retried as long as its policy allows, then `catch.do` runs, once.
 * An error whose retries are spent, and for which there is nothing to do, goes on outwards.
 */
export function* runTry(task: TryTask, frame: Frame): Work<TaskResult> {
  const policy = policyOf(task, frame);
  const startedAtMs = frame.run.nowMs;
  for (let retry = 1; ; retry += 1) {
    try {
      return toResult(yield* attempt(task, frame, { policy, retry }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      yield* breatheAt(frame, "retry", retry, "catch");
      const caught = frameOfError(task, frame, error.error);
      if (!isMeant(task, caught, error.error)) throw error;
      const delayMs = policy && nextDelayMs(policy, caught, { retry, startedAtMs });
      if (delayMs === undefined) return yield* handle(task, frame, error);
      noteTask(frame, "retried", "try", { retry, delayMs, ...errorData(error.error) });
      if (delayMs > 0) {
        const id = extendPointer(frame.position, "retry", retry, "delay");
        yield* perform({ kind: "timer", id, dueMs: frame.run.nowMs + delayMs });
      }
    }
  }
}

function policyOf({ catch: { retry } }: TryTask, { run, pointer }: Frame): RetryPolicy | undefined {
  if (typeof retry !== "string") return retry;
  const named = run.document.use?.retries?.[retry];
  if (named) return named;
  throw standardFault("configuration", `unknown retry policy "${retry}"`, pointer);
}

function* attempt(
  task: TryTask,
  frame: Frame,
  { policy, retry }: { policy: RetryPolicy | undefined; retry: number },
): Work<ListEnd> {
  const pointer = extendPointer(frame.pointer, "try");
  const path = retry === 1 ? ["try"] : ["retry", retry - 1, "try"];
  const position = extendPointer(frame.position, ...path);
  const work = runList(task.try, { ...frame, pointer, position }, frame.input);
  const limit = policy?.limit?.attempt?.duration;
  if (limit === undefined) return yield* work;
  const afterMs = durationMsIn(frame, limit);
  const alarm = function* (): Work<Error> {
    const dueMs = frame.run.nowMs + afterMs;
    yield* perform({ kind: "timer", id: `${position}/timeout`, dueMs });
    const detail = `attempt ${retry} of "${frame.name}" took longer than ${afterMs} ms`;
    return standardFault("timeout", detail, frame.pointer);
  };
  return yield* unless(work, alarm());
}

/** In `when` and `exceptWhen` the input is the error, which is also a variable. */
function frameOfError(task: TryTask, frame: Frame, error: RunError): Frame {
  const value = Json.parse(error);
  return { ...frame, input: value, locals: { ...frame.locals, [task.catch.as ?? "error"]: value } };
}

function isMeant(
  { catch: { errors, when, exceptWhen } }: TryTask,
  caught: Frame,
  error: RunError,
): boolean {
  if (errors?.with && !matches(errors.with, error)) return false;
  if (when !== undefined && !isTrueIn(caught, when)) return false;
  return exceptWhen === undefined || !isTrueIn(caught, exceptWhen);
}

function matches(filter: ErrorFilter, error: RunError): boolean {
  const { type, status, instance, title } = filter;
  const detail = filter.detail ?? filter.details;
  return (
    (type === undefined || isSameType(type, error.type)) &&
    (status === undefined || status === error.status) &&
    (instance === undefined || instance === error.instance) &&
    (title === undefined || title === error.title) &&
    (detail === undefined || detail === error.detail)
  );
}

function* handle(task: TryTask, frame: Frame, fault: Fault): Work<TaskResult> {
  const { do: tasks, then, retry } = task.catch;
  if (!tasks) {
    if (retry !== undefined && then === undefined) throw fault;
    return { output: frame.input, next: then };
  }
  const pointer = extendPointer(frame.pointer, "catch", "do");
  const position = extendPointer(frame.position, "catch", "do");
  const { locals } = frameOfError(task, frame, fault.error);
  const end = yield* runList(tasks, { ...frame, pointer, position, locals }, frame.input);
  return { output: end.output, next: end.by === "end" ? "end" : then };
}
