import type { EmitTask } from "../../dsl/emit.ts";
import type { ListenTask } from "../../dsl/listen.ts";
import type { RunTask } from "../../dsl/run.ts";
import { kindOf } from "../../dsl/task.ts";
import { standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/** `check.ts` refuses these kinds before a run; a definition that came another way fails when it gets there. */
// oxlint-disable-next-line require-yield -- a task kind is a work, though this one only fails
export function* refuseKind(
  task: EmitTask | ListenTask | RunTask,
  { pointer }: Frame,
): Work<TaskResult> {
  throw standardFault(
    "configuration",
    `tasks of kind "${kindOf(task) ?? ""}" can't run yet`,
    pointer,
  );
}
