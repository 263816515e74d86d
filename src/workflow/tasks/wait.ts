import type { WaitTask } from "../../dsl/wait.ts";
import { perform, type Work } from "../fiber.ts";
import { durationMsIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

export function* runWait(task: WaitTask, frame: Frame): Work<TaskResult> {
  const dueMs = frame.run.nowMs + durationMsIn(frame, task.wait);
  yield* perform({ kind: "timer", id: frame.position, dueMs });
  return { output: frame.input };
}
