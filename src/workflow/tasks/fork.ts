import type { ForkTask } from "../../dsl/fork.ts";
import { extendPointer } from "../../dsl/pointer.ts";
import { excessOf } from "../bounds.ts";
import { Fault, standardFault } from "../fault.ts";
import { all, firstOf, type Work } from "../fiber.ts";
import type { Frame, TaskEnd, TaskResult } from "../run-state.ts";

/**
 * Branches run side by side, each on the fork's input. The outputs come in the order in which the branches are
 * declared; when they compete, the first that ends well gives the output and the others are cancelled at once.
 */
export function* runFork(task: ForkTask, frame: Frame): Work<TaskResult> {
  const branches = branchesOf(task, frame);
  if (task.fork.compete === true) {
    const winner = yield* firstOf(branches, (error) => error instanceof Fault);
    return winner ? toResult(winner) : { output: frame.input };
  }
  const ended = yield* all(branches, ({ next }) => next === "end");
  const last = ended.find(({ result }) => result.next === "end");
  if (last) return toResult(last.result);
  const output = ended.map(({ result }) => result.output);
  const excess = excessOf(output);
  if (excess !== undefined) throw standardFault("expression", excess, frame.pointer);
  return { output };
}

/** A branch is a scope of its own, so that only `end` reaches further. */
function toResult({ output, next }: TaskEnd): TaskResult {
  return next === "end" ? { output, next } : { output };
}

function branchesOf(task: ForkTask, frame: Frame): Work<TaskEnd>[] {
  return task.fork.branches.flatMap((item, index) =>
    Object.entries(item).map(([name, branch]) => {
      const path = ["fork", "branches", index, name];
      const pointer = extendPointer(frame.pointer, ...path);
      const position = extendPointer(frame.position, ...path);
      return frame.run.runTask({ ...frame, name, pointer, position }, branch, frame.input);
    }),
  );
}
