import type { SetTask } from "../../dsl/set.ts";
import type { Work } from "../fiber.ts";
import { fillIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

// oxlint-disable-next-line require-yield -- a task kind is a work, also when it waits for nothing
export function* runSet(task: SetTask, frame: Frame): Work<TaskResult> {
  return { output: fillIn(frame, task.set) };
}
