import type { DoTask } from "../dsl/do.ts";
import type { ForTask } from "../dsl/for.ts";
import type { ForkTask } from "../dsl/fork.ts";
import type { Task } from "../dsl/task.ts";
import type { TryTask } from "../dsl/try.ts";
import type { Work } from "./fiber.ts";
import type { Frame, TaskResult } from "./run-state.ts";
import { runCall } from "./tasks/call.ts";
import { runDo } from "./tasks/do.ts";
import { runFor } from "./tasks/for.ts";
import { runFork } from "./tasks/fork.ts";
import { runRaise } from "./tasks/raise.ts";
import { runSet } from "./tasks/set.ts";
import { runSwitch } from "./tasks/switch.ts";
import { runTry } from "./tasks/try.ts";
import { refuseKind } from "./tasks/unsupported.ts";
import { runWait } from "./tasks/wait.ts";

/** The one place that knows every kind of task. */
export function runKind(task: Task, frame: Frame): Work<TaskResult> {
  if ("call" in task) return runCall(task, frame);
  if ("raise" in task) return runRaise(task, frame);
  if ("set" in task) return runSet(task, frame);
  if ("switch" in task) return runSwitch(task, frame);
  if ("wait" in task) return runWait(task, frame);
  if ("emit" in task || "listen" in task || "run" in task) return refuseKind(task, frame);
  return runBlock(task, frame);
}

/** The kinds that hold other tasks. `for` comes before `do`, which it also has. */
function runBlock(task: DoTask | ForTask | ForkTask | TryTask, frame: Frame): Work<TaskResult> {
  if ("for" in task) return runFor(task, frame);
  if ("do" in task) return runDo(task, frame);
  if ("fork" in task) return runFork(task, frame);
  if ("try" in task) return runTry(task, frame);
  return task satisfies never;
}
