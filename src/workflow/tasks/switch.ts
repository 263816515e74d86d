import type { SwitchTask } from "../../dsl/switch.ts";
import type { Work } from "../fiber.ts";
import { isTrueIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";
import { breatheAt } from "../task-turn.ts";

/** The first case whose condition holds says where to go on; else the one without a condition, wherever it stands. */
export function* runSwitch(task: SwitchTask, frame: Frame): Work<TaskResult> {
  const cases = task.switch.flatMap((item) => Object.values(item));
  for (const [index, { when, then }] of cases.entries()) {
    if (when === undefined) continue;
    yield* breatheAt(frame, "switch", index);
    if (isTrueIn(frame, when)) return { output: frame.input, next: then };
  }
  const otherwise = cases.find(({ when }) => when === undefined);
  return { output: frame.input, next: otherwise?.then };
}
