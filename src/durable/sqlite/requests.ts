import { StigmerError } from "../../base/errors.ts";
import { suggest } from "../../base/suggest.ts";
import type { RunDescription, RunRequest, Signal } from "../backend.ts";
import { record } from "./batch.ts";
import type { Batch } from "./batch.ts";
import { beginRun, cancelRun, findLive, proceed } from "./course.ts";
import { endOf } from "./ended-run.ts";
import type { Engine, LiveRun } from "./engine.ts";
import type { RunRow } from "./journal.ts";
import { unreadableError } from "./run-errors.ts";
import { recordStart } from "./run-start.ts";

/** Decides in the next transaction; the answer comes once that is on the disk. */
function ask<Answer>(engine: Engine, decide: (batch: Batch) => Answer): Promise<Answer> {
  if (!engine.isRunning) return Promise.reject(notRunning());
  return new Promise((resolve, reject) => {
    engine.submit({
      decide: (batch) => {
        const answer = decide(batch);
        batch.effects.push(() => resolve(answer));
      },
      refuse: reject,
    });
  });
}

export async function requestRun(engine: Engine, request: RunRequest): Promise<void> {
  requireProgram(engine, request.program);
  const start = recordStart(request);
  await ask(engine, (batch) => {
    const known = findRow(engine, request.runId);
    if (!known) return beginRun(engine, batch, start);
    if (known.requestHash === start.requestHash) return undefined;
    throw new StigmerError("conflict", `the run id "${request.runId}" is taken by another run`, {
      hint: "send the same definition and input as before, or choose another id",
    });
  });
}

export function requestSignal(
  engine: Engine,
  runId: string,
  { id, name, data }: Signal,
): Promise<"accepted" | "duplicate" | "ended"> {
  const recorded = record({ type: "signal.received", signalId: id, name, data });
  return ask(engine, (batch) => {
    const run = requireRun(engine, runId);
    if (!run) return "ended";
    if (run.drive.hasSignal(id)) return "duplicate";
    proceed(engine, batch, run, recorded);
    return "accepted";
  });
}

export function requestCancel(engine: Engine, runId: string, reason?: string): Promise<void> {
  return ask(engine, (batch) => {
    if (!findRow(engine, runId)) throw notFound(runId);
    cancelRun(engine, batch, runId, reason);
  });
}

export function requestPause(engine: Engine, runId: string, isPaused: boolean): Promise<void> {
  const recorded = record({ type: isPaused ? "run.paused" : "run.resumed" });
  return ask(engine, (batch) => {
    const run = requireRun(engine, runId);
    if (run && run.drive.isPaused !== isPaused) proceed(engine, batch, run, recorded);
  });
}

export function describeRun(engine: Engine, runId: string): RunDescription | undefined {
  const live = findLive(engine, runId);
  if (live) {
    const status = live.drive.isPaused ? "paused" : "running";
    return { runId, status, pending: [...live.drive.pending.keys()] };
  }
  const broken = engine.broken.get(runId);
  if (broken) return { runId, status: "failed", pending: [], error: unreadableError(broken.error) };
  const row = engine.journal.findRun(runId);
  if (!row) return undefined;
  const end = endOf(engine.journal, row);
  const pending: string[] = [];
  if (end.status === "completed")
    return { runId, status: "completed", pending, output: end.output };
  if (end.status === "failed") return { runId, status: "failed", pending, error: end.error };
  return { runId, status: "cancelled", pending };
}

function findRow(engine: Engine, runId: string): RunRow | undefined {
  const known = engine.runs.get(runId) ?? engine.broken.get(runId)?.row;
  return known ?? engine.journal.findRun(runId);
}

/** Undefined when it has ended. */
function requireRun(engine: Engine, runId: string): LiveRun | undefined {
  const live = findLive(engine, runId);
  if (live) return live;
  const broken = engine.broken.get(runId);
  if (broken) {
    throw new StigmerError(
      "failed",
      `run "${runId}" could not be loaded: ${broken.error.message}`,
      {
        hint: "see the log of the workflow-runner; the run can be cancelled",
        cause: broken.error,
      },
    );
  }
  if (!findRow(engine, runId)) throw notFound(runId);
  return undefined;
}

function requireProgram({ programs }: Engine, name: string): void {
  if (programs[name]) return;
  const meant = suggest(name, Object.keys(programs));
  const known = Object.keys(programs).join(", ");
  throw new StigmerError("invalid_input", `there is no program "${name}"`, {
    hint: meant ? `did you mean "${meant}"?` : `the programs are: ${known}`,
  });
}

function notFound(runId: string): StigmerError {
  return new StigmerError("not_found", `there is no run "${runId}"`, {
    hint: "list the runs with `stigmer runs list`",
  });
}

function notRunning(): StigmerError {
  return new StigmerError("unavailable", "the durable engine is not running", {
    hint: "try again when it has started",
  });
}
