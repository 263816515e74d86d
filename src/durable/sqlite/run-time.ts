import type { Engine, LiveRun } from "./engine.ts";

type Timed = Pick<LiveRun, "timeMs">;

/** The time in which a run lives: the wall's, but it never goes back. */
export function runTimeOf({ clock }: Pick<Engine, "clock">, { timeMs }: Timed): number {
  return Math.max(timeMs, clock.now());
}

/** When a moment of the run's time comes. A wait is as long as it was meant, whatever happens to the clock. */
export function steadyTimeOf(engine: Pick<Engine, "clock">, run: Timed, dueMs: number): number {
  return engine.clock.steady() + dueMs - runTimeOf(engine, run);
}
