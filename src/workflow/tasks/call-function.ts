import { Json, type JsonValue } from "../../base/json.ts";
import type { CallTask } from "../../dsl/call.ts";
import { extendPointer } from "../../dsl/pointer.ts";
import type { Task } from "../../dsl/task.ts";
import { standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import { fillIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/** A function may call itself; this deep it does so without end. */
const CALL_DEPTH_MAX = 100;

/** Runs a task of `use.functions` with the arguments as its input. Nothing of the caller is visible in it. */
export function* callFunction(body: Task, task: CallTask, frame: Frame): Work<TaskResult> {
  const name = task.call;
  const callDepth = frame.callDepth + 1;
  if (callDepth > CALL_DEPTH_MAX) {
    const detail = `"${name}" calls functions more than ${CALL_DEPTH_MAX} levels deep`;
    throw standardFault("configuration", detail, frame.pointer);
  }
  const pointer = extendPointer("/use/functions", name);
  const position = extendPointer(frame.position, "call");
  const { output, next } = yield* frame.run.runTask(
    { run: frame.run, name, pointer, position, locals: {}, callDepth },
    body,
    argumentsOf(task, frame),
  );
  return next === "end" ? { output, next } : { output };
}

function argumentsOf(task: CallTask, frame: Frame): JsonValue {
  return fillIn(frame, Json.parse(task.with ?? {}));
}
