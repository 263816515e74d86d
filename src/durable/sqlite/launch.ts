import { derivedId } from "../../base/ids.ts";
import type { ChildCommand, Command, TimerCommand } from "../command.ts";
import type { RunError } from "../errors.ts";
import { launchActivity } from "./activity-work.ts";
import { record, recordSuccess } from "./batch.ts";
import type { Batch } from "./batch.ts";
import { beginRun, findLive, tellParent } from "./course.ts";
import { endOf } from "./ended-run.ts";
import type { Engine, LiveRun } from "./engine.ts";
import { takeOutcome } from "./outcome.ts";
import { configurationError, runtimeError } from "./run-errors.ts";
import { recordStart } from "./run-start.ts";
import type { RunStartRecord } from "./run-start.ts";
import { steadyTimeOf } from "./run-time.ts";

/** Begins the work of a pending command, unless it is under way or the engine stops. */
export function launch(engine: Engine, run: LiveRun, command: Command): void {
  if (!engine.isRunning || run.work.has(command.id)) return undefined;
  switch (command.kind) {
    case "activity":
      return launchActivity(engine, run, command);
    case "timer":
      return launchTimer(engine, run, command);
    case "child":
      return launchChild(engine, run, command);
    case "event":
      // The drive answers it as soon as a signal is there.
      return undefined;
    default:
      return command satisfies never;
  }
}

function launchTimer(engine: Engine, run: LiveRun, { id: commandId, dueMs }: TimerCommand): void {
  const place = { runId: run.runId, commandId };
  const cancel = engine.alarms.at(steadyTimeOf(engine, run, dueMs), () => {
    const recorded = recordSuccess(commandId, null);
    engine.submit({
      decide: (batch) => takeOutcome(engine, batch, place, { ...recorded, timeMsMin: dueMs }),
    });
  });
  run.work.set(commandId, { cancel });
}

/** A child's id follows from its place, so that it is found again when its start was written and nothing else. */
function launchChild(engine: Engine, run: LiveRun, command: ChildCommand): void {
  run.work.set(command.id, {
    childRunId: childRunIdOf(run.runId, command.id),
    cancel: () => undefined,
  });
  engine.submit({ decide: (batch) => beginChild(engine, batch, run.runId, command) });
}

function childRunIdOf(parentRunId: string, commandId: string): string {
  return derivedId("run", `${parentRunId}/${commandId}`);
}

function beginChild(engine: Engine, batch: Batch, parentId: string, command: ChildCommand): void {
  const parent = { runId: parentId, commandId: command.id };
  // The parent may have given it up, or ended, since it asked.
  if (!findLive(engine, parentId)?.drive.pending.has(command.id)) return;
  const childRunId = childRunIdOf(parentId, command.id);
  if (engine.runs.has(childRunId)) return;
  const row = engine.journal.findRun(childRunId);
  if (row?.isOpen) return;
  if (row) return tellParent(engine, batch, parent, endOf(engine.journal, row));
  const refuse = (error: RunError): void => {
    const refusal = record({ type: "outcome.failed", commandId: command.id, error });
    takeOutcome(engine, batch, parent, refusal);
  };
  if (!engine.programs[command.program]) {
    return refuse(configurationError(`there is no program "${command.program}"`));
  }
  let start: RunStartRecord;
  try {
    start = recordStart({ ...command, runId: childRunId }, parent);
  } catch (error) {
    return refuse(runtimeError(error));
  }
  beginRun(engine, batch, start);
}
