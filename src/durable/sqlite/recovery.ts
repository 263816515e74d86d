import { breakRun, cancelRun } from "./course.ts";
import type { Engine } from "./engine.ts";
import { replay } from "./replay.ts";

/** So many runs are replayed before others get a turn. */
const RUNS_PER_TURN = 50;

/** Rebuilds every run that has not ended, and then goes on with what each waits for. */
export async function recover(engine: Engine): Promise<void> {
  for (const [index, row] of engine.journal.openRuns().entries()) {
    if (index % RUNS_PER_TURN === RUNS_PER_TURN - 1) await new Promise(setImmediate);
    try {
      const rebuilt = replay(engine, row);
      engine.runs.set(row.runId, { ...row, ...rebuilt, isStale: false, work: new Map() });
    } catch (error) {
      breakRun(engine, row, error);
    }
  }
  engine.isRunning = true;
  cancelOrphans(engine);
  for (const run of engine.runs.values()) {
    for (const command of run.drive.pending.values()) engine.launch(run, command);
  }
}

/** A child whose parent no longer waits for it has no reason to go on. */
function cancelOrphans(engine: Engine): void {
  for (const { runId, parent } of engine.runs.values()) {
    if (!parent || engine.broken.has(parent.runId)) continue;
    if (engine.runs.get(parent.runId)?.drive.pending.has(parent.commandId)) continue;
    const reason = `nobody waits for it: its parent "${parent.runId}" has gone on`;
    engine.submit({ decide: (batch) => cancelRun(engine, batch, runId, reason) });
  }
}
