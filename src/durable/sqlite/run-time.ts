import type { Engine, LiveRun } from "./engine.ts";

/** The time in which a run lives: the wall's, but it never goes back. */
export function runTimeOf(
  { clock }: Pick<Engine, "clock">,
  { timeMs }: Pick<LiveRun, "timeMs">,
): number {
  return Math.max(timeMs, clock.now());
}

/**
 * When a moment of the run's time comes. It is counted from the run's last event, so that a wait is as long as it was
 * meant, whatever happens to the clock; after a restart the wall's clock says how long nobody was there.
 */
export function steadyTimeOf(
  engine: Pick<Engine, "clock">,
  run: Pick<LiveRun, "timeMs" | "steadyMs">,
  dueMs: number,
): number {
  if (run.steadyMs !== undefined) return run.steadyMs + dueMs - run.timeMs;
  return engine.clock.steady() + dueMs - runTimeOf(engine, run);
}
