import { StigmerError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { WorkflowDocument } from "../dsl/document.ts";
import { parseWorkflowValue } from "../dsl/parse.ts";
import type { RunError } from "../durable/errors.ts";
import type {
  Decision,
  Execution,
  Note,
  Outcome,
  Program,
  RunEnd,
  RunStart,
} from "../durable/program.ts";
import { standardFault } from "./fault.ts";
import { createScheduler, type Scheduler, type Work } from "./fiber.ts";
import { errorData, noteWorkflow } from "./lifecycle.ts";
import type { RunState } from "./run-state.ts";
import { runTask } from "./task.ts";
import { describeTime } from "./time.ts";
import { runWorkflow } from "./workflow.ts";

/** Interprets workflow documents: decides from what has happened which activities, timers and children come next. */
export const workflowProgram: Program = { name: "workflow", open };

function open(start: RunStart): Execution {
  let document: WorkflowDocument;
  try {
    document = parseWorkflowValue(start.definition);
  } catch (error) {
    if (!(error instanceof StigmerError)) throw error;
    const instance = error.issues[0]?.pointer ?? "";
    return refuse(standardFault("configuration", error.message, instance).error);
  }
  const notes: Note[] = [];
  const run = openState(start, document, notes);
  const scheduler = createScheduler();
  let end: RunEnd | undefined;
  const decide = (): Decision => {
    if (end) noteEnd(run, end);
    const decision = { ...scheduler.take(), notes: notes.splice(0), ...(end ? { end } : {}) };
    return end ? { ...decision, commands: [] } : decision;
  };
  return {
    begin: () => {
      noteWorkflow(run, "started");
      const root = function* (): Work<void> {
        end = yield* runWorkflow(run, start.input);
      };
      scheduler.start(root());
      return decide();
    },
    take: (outcome) => {
      resume(run, scheduler, outcome);
      return decide();
    },
  };
}

function resume(run: RunState, scheduler: Scheduler, outcome: Outcome): void {
  run.nowMs = outcome.timeMs;
  run.pureSteps = 0;
  run.budget.spent = 0;
  if (!scheduler.resume(outcome)) throw new Error(`nothing waits for "${outcome.id}"`);
}

function openState(start: RunStart, document: WorkflowDocument, notes: Note[]): RunState {
  const workflow: JsonObject = {
    id: start.runId,
    definition: start.definition,
    input: start.input,
    startedAt: describeTime(start.startedAtMs),
  };
  return {
    runId: start.runId,
    document,
    mode: document.evaluate?.mode ?? "strict",
    workflow,
    note: (note) => notes.push(note),
    runTask,
    nowMs: start.startedAtMs,
    context: {},
    pureSteps: 0,
    budget: { spent: 0 },
  };
}

function noteEnd(run: RunState, end: RunEnd): void {
  if (end.status === "completed") noteWorkflow(run, "completed");
  else noteWorkflow(run, "faulted", errorData(end.error));
}

function refuse(error: RunError): Execution {
  const end: RunEnd = { status: "failed", error };
  const decision: Decision = { commands: [], abandoned: [], notes: [], end };
  return {
    begin: () => decision,
    take: () => {
      throw new Error("unreachable: a refused run has no commands");
    },
  };
}
