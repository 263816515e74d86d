import type { DoTask } from "../../dsl/do.ts";
import { extendPointer } from "../../dsl/pointer.ts";
import type { Work } from "../fiber.ts";
import { runList, toResult } from "../list.ts";
import type { Frame, TaskResult } from "../run-state.ts";

export function* runDo(task: DoTask, frame: Frame): Work<TaskResult> {
  const pointer = extendPointer(frame.pointer, "do");
  const position = extendPointer(frame.position, "do");
  return toResult(yield* runList(task.do, { ...frame, pointer, position }, frame.input));
}
