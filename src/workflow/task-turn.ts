import { perform, type Work } from "./fiber.ts";
import type { Site } from "./run-state.ts";

/** Tasks and iterations that may run in one go before other runs get their turn. */
const PURE_STEPS_MAX = 1_000;

/** Lets others run when this run has computed for long without a result from outside: a loop may have no end. */
export function* breathe({ run, position }: Pick<Site, "run" | "position">): Work<void> {
  run.pureSteps += 1;
  if (run.pureSteps <= PURE_STEPS_MAX) return;
  yield* perform({ kind: "timer", id: `${position}/pause`, dueMs: run.nowMs });
}
