import type { JsonValue } from "../base/json.ts";
import type { Command, Subject } from "./command.ts";
import type { RunError } from "./errors.ts";

/**
 * What decides the next commands from what has happened. Pure: the same start and the same outcomes in the same order
 * give the same decisions, on any machine, for ever. It never throws for bad input: it ends the run as failed.
 */
export interface Program {
  readonly name: string;
  open(start: RunStart): Execution;
}

export interface RunStart {
  readonly runId: string;
  readonly startedAtMs: number;
  /** For what is said to people; nothing is decided by it. */
  readonly subject: Subject;
  readonly definition: JsonValue;
  readonly input: JsonValue;
}

/** One run in memory. It is fed one outcome at a time, so that a step costs the same however long the run is. */
export interface Execution {
  begin(): Decision;
  /** Takes the outcome of one pending command. Never called for a command that the program gave up. */
  take(outcome: Outcome): Decision;
}

/** How one command ended, and the journal's time of it in milliseconds since 1970. */
export type Outcome =
  | { readonly id: string; readonly timeMs: number; readonly ok: true; readonly value: JsonValue }
  | { readonly id: string; readonly timeMs: number; readonly ok: false; readonly error: RunError };

/** What follows from an outcome. After `end` is given, nothing more is taken. */
export interface Decision {
  /** Commands wanted from now on, in order. */
  readonly commands: readonly Command[];
  /** Ids of pending commands that are no longer wanted: their work is cancelled and their outcome is never taken. */
  readonly abandoned: readonly string[];
  /** What an observer may want to know; journaled, never read by the program. */
  readonly notes: readonly Note[];
  readonly end?: RunEnd;
}

/** `type` is a CloudEvents type, `subject` what it is about (a position such as `/do/0/greet`). */
export interface Note {
  readonly type: string;
  readonly subject?: string;
  readonly data: JsonValue;
}

export type RunEnd =
  | { readonly status: "completed"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: RunError };
