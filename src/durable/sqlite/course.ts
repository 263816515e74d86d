import { messageOf, StigmerError } from "../../base/errors.ts";
import type { Command } from "../command.ts";
import { createDrive } from "../drive.ts";
import type { DriveEnd, Step } from "../drive.ts";
import type { RunError } from "../errors.ts";
import type { JournalEventBody } from "../journal-event.ts";
import type { Note } from "../program.ts";
import { append, record } from "./batch.ts";
import type { Batch, Recorded } from "./batch.ts";
import type { Engine, LiveRun } from "./engine.ts";
import { toEventText } from "./event-text.ts";
import type { RunRow } from "./journal.ts";
import { replay } from "./replay.ts";
import { runtimeError } from "./run-errors.ts";
import type { RunStartRecord } from "./run-start.ts";

type StartBody = Extract<JournalEventBody, { type: "run.started" }>;

/** The run as the journal has it; undefined when it has ended, is broken or never was. */
export function findLive(engine: Engine, runId: string): LiveRun | undefined {
  const run = engine.runs.get(runId);
  if (!run?.isStale) return run?.drive.end ? undefined : run;
  try {
    Object.assign(run, replay(engine, run), { isStale: false });
    return run;
  } catch (error) {
    breakRun(engine, run, error);
    return undefined;
  }
}

/** Begins a run. The caller has seen to it that the id is free. */
export function beginRun(
  engine: Engine,
  batch: Batch,
  { runId, requestHash, recorded }: RunStartRecord,
): void {
  const { program: name, parent } = startOf(recorded.body);
  const program = engine.programs[name];
  if (!program) throw new Error(`unreachable: the program "${name}" was checked before`);
  const key = batch.nextRunKey;
  const row: RunRow = { key, runId, requestHash, parent, isOpen: true };
  const drive = createDrive(runId, program);
  const run = {
    ...row,
    drive,
    sequence: 0,
    timeMs: 0,
    steadyMs: undefined,
    isStale: false,
    work: new Map(),
  };
  follow(engine, batch, run, recorded);
  batch.nextRunKey += 1;
  batch.runs.push(row);
  engine.runs.set(runId, run);
  batch.undo.push(() => engine.runs.delete(runId));
}

function startOf(body: JournalEventBody): StartBody {
  if (body.type === "run.started") return body;
  throw new Error(`unreachable: a run cannot begin with ${body.type}`);
}

/** Journals what happened to a run and all that the program makes of it. */
export function proceed(engine: Engine, batch: Batch, run: LiveRun, recorded: Recorded): void {
  try {
    follow(engine, batch, run, recorded);
  } catch (error) {
    breakRun(engine, run, error);
    throw error;
  }
}

/** Nothing is put into the batch unless all of it can be. */
function follow(engine: Engine, batch: Batch, run: LiveRun, recorded: Recorded): void {
  const timeMs = Math.max(run.timeMs, batch.nowMs, recorded.timeMsMin ?? 0);
  const decided = run.drive.advance({ timeMs, body: recorded.body });
  const { step, texts } = putIntoWords(engine, run, decided, timeMs);
  append(batch, run, recorded.text, timeMs);
  for (const text of texts) append(batch, run, text, timeMs);
  if (step.bug !== undefined) {
    engine.log.error(`the program of run "${run.runId}" threw`, { stack: stackOf(step.bug) });
  }
  cancelAbandoned(engine, batch, run, step);
  batch.effects.push(() => goOn(engine, run, step, recorded.body));
  if (run.drive.end) endRun(engine, batch, run, run.drive.end);
}

/** A decision that cannot be written would be decided again for ever: it ends the run instead. */
function putIntoWords(
  engine: Engine,
  run: LiveRun,
  step: Step,
  timeMs: number,
): { step: Step; texts: string[] } {
  try {
    return { step, texts: textsOf(step) };
  } catch (error) {
    const { runId } = run;
    engine.log.warn(`run "${runId}" ends: its program decided what cannot be kept`, {
      runId,
      reason: messageOf(error),
    });
    const { body, text } = record({ type: "run.failed", error: runtimeError(error) });
    const { abandoned } = run.drive.advance({ timeMs, body });
    const ended = { commands: [], notes: [], abandoned: [...step.abandoned, ...abandoned] };
    return { step: ended, texts: [text] };
  }
}

/** The program's notes and the run's end, as they will be journaled. Throws when they hold what JSON cannot. */
function textsOf({ notes, end }: Step): string[] {
  const texts = notes.map(textOfNote);
  if (end?.status === "completed") {
    texts.push(record({ type: "run.completed", output: end.output }).text);
  }
  if (end?.status === "failed") texts.push(record({ type: "run.failed", error: end.error }).text);
  return texts;
}

/** Nobody replays a note, so it need not be read back; but without data it could not be read at all. */
function textOfNote({ type: noteType, subject, data }: Note): string {
  if (data === undefined) throw new Error(`the note "${noteType}" has no data`);
  return toEventText({ type: "note", noteType, subject, data });
}

/** Children that are no longer wanted are cancelled in the same transaction, all else after it. */
function cancelAbandoned(engine: Engine, batch: Batch, run: LiveRun, step: Step): void {
  for (const id of step.abandoned) {
    const childRunId = run.work.get(id)?.childRunId;
    if (childRunId !== undefined) {
      const reason = `run "${run.runId}" gave it up`;
      batch.derived.push((same) => cancelRun(engine, same, childRunId, reason));
    }
    batch.effects.push(() => {
      run.work.get(id)?.cancel();
      run.work.delete(id);
    });
  }
}

/** Once an event is on the disk: what it ended is no longer under way, and what follows from it begins. */
function goOn(engine: Engine, run: LiveRun, step: Step, body: JournalEventBody): void {
  if ("commandId" in body) run.work.delete(body.commandId);
  for (const command of wantedNow(run, step, body)) {
    if (run.drive.pending.has(command.id)) engine.launch(run, command);
  }
}

function wantedNow(run: LiveRun, step: Step, body: JournalEventBody): Iterable<Command> {
  if (body.type === "run.resumed") return run.drive.pending.values();
  if (body.type !== "activity.retrying") return step.commands;
  const again = run.drive.pending.get(body.commandId);
  return again ? [again] : [];
}

function endRun(engine: Engine, batch: Batch, run: LiveRun, end: DriveEnd): void {
  const { runId, parent } = run;
  batch.endedKeys.push(run.key);
  batch.effects.push(() => engine.runs.delete(runId));
  if (end.status === "cancelled") batch.effects.push(() => engine.tellCancelled(runId));
  if (parent) batch.derived.push((same) => tellParent(engine, same, parent, end));
}

/** The end of a child is the outcome of its parent's command. */
export function tellParent(
  engine: Engine,
  batch: Batch,
  { runId, commandId }: NonNullable<StartBody["parent"]>,
  end: DriveEnd,
): void {
  const parent = findLive(engine, runId);
  if (!parent?.drive.pending.has(commandId)) return;
  const body: JournalEventBody =
    end.status === "completed"
      ? { type: "outcome.succeeded", commandId, value: end.output }
      : { type: "outcome.failed", commandId, error: childError(end) };
  proceed(
    engine,
    batch,
    parent,
    recordOrFailure(commandId, () => record(body)),
  );
}

/** What cannot be written is a failure of the command: whoever waits for it must not wait for ever. */
function recordOrFailure(commandId: string, action: () => Recorded): Recorded {
  try {
    return action();
  } catch (error) {
    return record({ type: "outcome.failed", commandId, error: runtimeError(error) });
  }
}

function childError(end: Exclude<DriveEnd, { status: "completed" }>): RunError {
  if (end.status === "failed") return end.error;
  return {
    type: "https://serverlessworkflow.io/spec/1.0.0/errors/runtime",
    status: 500,
    title: "the child run was cancelled",
    ...(end.reason !== undefined && { detail: end.reason }),
  };
}

/** Ends the run, and by `cancelAbandoned` its children. Does nothing when it has ended. */
export function cancelRun(engine: Engine, batch: Batch, runId: string, reason?: string): void {
  const recorded = record({ type: "run.cancelled", ...(reason !== undefined && { reason }) });
  const run = findLive(engine, runId);
  if (run) return proceed(engine, batch, run, recorded);
  const broken = engine.broken.get(runId);
  if (broken) cancelBroken(engine, batch, broken.row, recorded);
}

/** A run whose program is of no use can still be laid to rest. */
function cancelBroken(engine: Engine, batch: Batch, row: RunRow, recorded: Recorded): void {
  if (batch.endedKeys.includes(row.key)) return;
  const { journal } = engine;
  // The run may have broken in this very batch, after events that are not on the disk yet.
  const fresh = batch.events.findLast(({ runKey }) => runKey === row.key);
  batch.events.push({
    position: batch.nextPosition,
    runKey: row.key,
    sequence: (fresh?.sequence ?? journal.lastSequenceOf(row)) + 1,
    timeMs: Math.max(batch.nowMs, fresh?.timeMs ?? journal.lastTimeOf(row)),
    text: recorded.text,
  });
  batch.nextPosition += 1;
  batch.endedKeys.push(row.key);
  batch.effects.push(() => engine.broken.delete(row.runId));
  const { parent } = row;
  if (parent) {
    batch.derived.push((same) => tellParent(engine, same, parent, { status: "cancelled" }));
  }
}

/** Takes a run out of service until the next start. The others go on. */
export function breakRun(engine: Engine, row: RunRow, error: unknown): void {
  const live = engine.runs.get(row.runId);
  engine.runs.delete(row.runId);
  const cause = error instanceof Error ? error : new Error(String(error));
  engine.broken.set(row.runId, { row, error: cause });
  const hint = error instanceof StigmerError ? error.hint : undefined;
  engine.log.error(`run "${row.runId}" cannot go on: ${cause.message}`, {
    runId: row.runId,
    hint,
    stack: stackOf(error),
  });
  for (const work of live?.work.values() ?? []) work.cancel();
}

export function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
