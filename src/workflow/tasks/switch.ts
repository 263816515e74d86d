import type { SwitchTask } from "../../dsl/switch.ts";
import type { Work } from "../fiber.ts";
import { isTrueIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/** The first case whose condition holds says where to go on; else the one without a condition, wherever it stands. */
// oxlint-disable-next-line require-yield -- a task kind is a work, also when it waits for nothing
export function* runSwitch(task: SwitchTask, frame: Frame): Work<TaskResult> {
  const cases = task.switch.flatMap((item) => Object.values(item));
  const matching = cases.find(({ when }) => when !== undefined && isTrueIn(frame, when));
  const chosen = matching ?? cases.find(({ when }) => when === undefined);
  return { output: frame.input, next: chosen?.then };
}
