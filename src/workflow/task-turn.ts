import { extendPointer } from "../dsl/pointer.ts";
import { isSpent } from "./budget.ts";
import { perform, type Work } from "./fiber.ts";
import type { Site } from "./run-state.ts";

/** Tasks and iterations that may run in one go before other runs get their turn. */
const PURE_STEPS_MAX = 1_000;

/**
 * As `breathe`, inside a task: before a part of it that computes. `part` makes the position its own.
 */
export function* breatheAt(
  { run, position }: Pick<Site, "run" | "position">,
  ...part: readonly (string | number)[]
): Work<void> {
  if (isSpent(run.budget)) yield* pause(run, extendPointer(position, ...part));
}

/** Lets others run when this run has computed for long without a result from outside: a loop may have no end. */
export function* breathe({ run, position }: Pick<Site, "run" | "position">): Work<void> {
  run.pureSteps += 1;
  if (run.pureSteps <= PURE_STEPS_MAX && !isSpent(run.budget)) return;
  yield* pause(run, position);
}

function* pause(run: Site["run"], position: string): Work<void> {
  yield* perform({ kind: "timer", id: `${position}/pause`, dueMs: run.nowMs });
}
