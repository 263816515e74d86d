import type { JsonObject, JsonValue } from "../base/json.ts";
import type { WorkflowDocument } from "../dsl/document.ts";
import type { Task } from "../dsl/task.ts";
import type { Note } from "../durable/program.ts";
import type { Budget } from "./budget.ts";
import type { Mode, Variables } from "./expression.ts";
import type { Work } from "./fiber.ts";

/** What all tasks of one run share. */
export interface RunState {
  readonly runId: string;
  readonly document: WorkflowDocument;
  readonly mode: Mode;
  /** `$workflow` of every expression. */
  readonly workflow: JsonObject;
  readonly note: (note: Note) => void;
  /** Runs one task. It stands here so that kinds of tasks that hold others need not import the table of kinds. */
  readonly runTask: (site: Site, task: Task, rawInput: JsonValue) => Work<TaskEnd>;
  /** The journal's time of what happened last. */
  nowMs: number;
  /** `$context`: what the last `export` left. */
  context: JsonValue;
  /** Tasks started since something came from outside. */
  pureSteps: number;
  /** Computed since something came from outside. */
  readonly budget: Budget;
}

/** Where a task stands. */
export interface Site {
  readonly run: RunState;
  readonly name: string;
  /** In the document: `/do/0/loop/do/0/x`. Errors point here. */
  readonly pointer: string;
  /** In the execution, unique: `/do/0/loop/for/3/do/0/x`. Commands are named by it. */
  readonly position: string;
  /** What loops and catches around the task define. */
  readonly locals: Variables;
  /** How many functions are being called around the task. */
  readonly callDepth: number;
}

/** What a kind of task is given: its place, its transformed input and `$task`. */
export interface Frame extends Site {
  readonly input: JsonValue;
  readonly descriptor: JsonObject;
}

/** How a task's own work ended, before its output is transformed. `next` overrides the task's `then`. */
export interface TaskResult {
  readonly output: JsonValue;
  readonly next?: string | undefined;
}

/** How a task ended: `next` is a directive or a task's name; `end` at any depth ends the workflow. */
export interface TaskEnd {
  readonly output: JsonValue;
  readonly next: string;
}
