import type { JsonValue } from "../../base/json.ts";
import type { Log } from "../../base/log.ts";
import type { ActivityHandler } from "../backend.ts";
import type { Command } from "../command.ts";
import type { Drive } from "../drive.ts";
import type { Program } from "../program.ts";
import type { Alarms } from "./alarms.ts";
import type { Batch } from "./batch.ts";
import type { Clock } from "./clock.ts";
import type { Journal, RunRow } from "./journal.ts";
import type { Slots } from "./slots.ts";

/** What the parts of the engine share. */
export interface Engine {
  readonly journal: Journal;
  readonly programs: Readonly<Record<string, Program>>;
  readonly findActivity: (name: string) => ActivityHandler | undefined;
  readonly showProgress: (progress: Progress) => void;
  readonly tellCancelled: (runId: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly alarms: Alarms;
  /** Activities in flight. */
  readonly slots: Slots;
  /** Every run that has not ended, but for those in `broken`. */
  readonly runs: Map<string, LiveRun>;
  /** Runs whose journal could not be replayed, and why. They stay as they are until a start that can. */
  readonly broken: Map<string, BrokenRun>;
  /** Names of activities that nobody answers at the moment. */
  readonly unavailable: Set<string>;
  /** Before `start` and from `stop` on nothing new is begun and nobody is answered. */
  isRunning: boolean;
  /** Hands the input to the next transaction. */
  readonly submit: (input: Input) => void;
  /** Begins the work of a pending command, unless it is under way. */
  readonly launch: (run: LiveRun, command: Command) => void;
}

/** Something that a piece of an activity has to show; live only. */
export interface Progress {
  readonly runId: string;
  readonly commandId: string;
  readonly data: JsonValue;
}

export interface LiveRun extends RunRow {
  drive: Drive;
  sequence: number;
  timeMs: number;
  /** The steady time of that moment; undefined when it was before this process began. */
  steadyMs: number | undefined;
  /** Memory is ahead of the journal after a failed write: it must be rebuilt before it is used. */
  isStale: boolean;
  /** What is under way for the pending commands. */
  readonly work: Map<string, Work>;
}

export interface BrokenRun {
  readonly row: RunRow;
  readonly error: Error;
}

/** Something under way outside of the journal. It stays listed until the outcome is written. */
export interface Work {
  cancel(): void;
  readonly childRunId?: string;
}

/** One thing that happened, to be decided on and journaled. */
export interface Input {
  readonly decide: (batch: Batch) => void;
  /** Someone waits for the answer and can be told "no". Inputs without it are kept until they are written. */
  readonly refuse?: (error: unknown) => void;
}
