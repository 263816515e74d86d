import { messageOf, StigmerError, systemCodeOf } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { createBatch } from "./batch.ts";
import type { Batch } from "./batch.ts";
import type { Clock } from "./clock.ts";
import { stackOf } from "./course.ts";
import type { Input } from "./engine.ts";
import type { Journal } from "./journal.ts";

/** So many inputs share one transaction at most, so that no answer waits long. */
const INPUTS_PER_COMMIT_MAX = 1_000;
/** The wait after the first write that failed, and the longest. */
const FAILED_DELAY_MS = 100;
const FAILED_DELAY_MS_MAX = 5_000;

/** Looks in at the two moments between which a crash must not matter. For those who break things on purpose. */
export interface Probe {
  readonly beforeCommit?: () => void;
  readonly afterCommit?: () => void;
}

export interface WriterOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly probe: Probe;
}

/**
 * Group commit: whatever has come in by the end of one turn of the event loop is decided on together and written in
 * one transaction. A write that fails is tried again until it succeeds; meanwhile nobody is told anything that is
 * not on the disk.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #listeners = new Set<() => void>();
  #inputs: Input[] = [];
  #lastPosition: number;
  #lastRunKey: number;
  #isPlanned = false;
  #isFinished = false;
  #failures = 0;
  #problem: string | undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#lastPosition = options.journal.lastPosition();
    this.#lastRunKey = options.journal.lastRunKey();
  }

  /** Of the last event that is on disk; 0 in an empty journal. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  /** Why nothing can be written at the moment, if so. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** After `finish` an input is forgotten, as in a crash: an activity may answer later than anyone waits. */
  submit(input: Input): void {
    if (this.#isFinished) return;
    this.#inputs.push(input);
    this.#plan();
  }

  /** Calls back after each commit. Answers what ends that. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what is there now, once; what cannot be written is lost from memory, as in a crash. */
  finish(): void {
    while (this.#inputs.length > 0 && this.#flush());
    this.#isFinished = true;
    this.#cancelRetry?.();
    for (const input of this.#inputs) input.refuse?.(unwritable(this.#problem ?? "it is closed"));
    this.#inputs = [];
  }

  #plan(): void {
    if (this.#isPlanned || this.#cancelRetry || this.#inputs.length === 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#flush();
      this.#plan();
    });
  }

  /** Whether it could be written. */
  #flush(): boolean {
    const inputs = this.#inputs.splice(0, INPUTS_PER_COMMIT_MAX);
    const { clock } = this.#options;
    const batch = createBatch(clock, this.#lastPosition + 1, this.#lastRunKey + 1);
    try {
      for (const input of inputs) this.#decide(batch, input);
      this.#write(batch);
    } catch (error) {
      this.#fail(batch, inputs, error);
      return false;
    }
    this.#succeed(batch);
    return true;
  }

  #decide(batch: Batch, { decide, refuse }: Input): void {
    this.#guard(() => decide(batch), refuse);
    for (let next = batch.derived.shift(); next; next = batch.derived.shift()) {
      const derived = next;
      this.#guard(() => derived(batch));
    }
  }

  /** One run's trouble is not the others': who asked is told, else it is logged. But a journal in trouble is everyone's. */
  #guard(action: () => void, refuse?: Input["refuse"]): void {
    try {
      action();
    } catch (error) {
      if (systemCodeOf(error)?.startsWith("SQLITE_")) throw error;
      if (refuse) refuse(error);
      else this.#logBug(error);
    }
  }

  #runEffect(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#logBug(error);
    }
  }

  #logBug(error: unknown): void {
    this.#options.log.error("what follows from an event was cut short", { stack: stackOf(error) });
  }

  #write(batch: Batch): void {
    if (batch.events.length === 0) return;
    const { journal, probe } = this.#options;
    probe.beforeCommit?.();
    journal.write(batch);
    probe.afterCommit?.();
  }

  #succeed(batch: Batch): void {
    if (this.#problem !== undefined) this.#options.log.info("the journal can be written again");
    this.#problem = undefined;
    this.#failures = 0;
    this.#lastPosition = batch.nextPosition - 1;
    this.#lastRunKey = batch.nextRunKey - 1;
    for (const effect of batch.effects) this.#runEffect(effect);
    if (batch.events.length === 0) return;
    for (const listener of this.#listeners) listener();
  }

  /** Memory is ahead of the journal: it is thrown away. Who waits is told; everything else is decided anew later. */
  #fail(batch: Batch, inputs: readonly Input[], error: unknown): void {
    const { clock, log } = this.#options;
    for (const undo of batch.undo) undo();
    for (const run of batch.touched) run.isStale = true;
    this.#inputs = [...inputs.filter((input) => !input.refuse), ...this.#inputs];
    for (const input of inputs) input.refuse?.(unwritable(messageOf(error)));
    const delayMs = Math.min(FAILED_DELAY_MS * 2 ** this.#failures, FAILED_DELAY_MS_MAX);
    this.#failures += 1;
    this.#problem = messageOf(error);
    const code = systemCodeOf(error);
    log.error(`the journal cannot be written: ${this.#problem}`, { code, retryInMs: delayMs });
    this.#cancelRetry = clock.wake(delayMs, () => {
      this.#cancelRetry = undefined;
      this.#plan();
    });
  }
}

function unwritable(reason: string): StigmerError {
  return new StigmerError("unavailable", `the journal cannot be written: ${reason}`, {
    hint: "see that its disk is there and has space; nothing of this request was kept, so send it again",
  });
}
