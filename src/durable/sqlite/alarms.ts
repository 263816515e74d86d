import type { Clock } from "./clock.ts";

/**
 * How long one sleep is at most. Alarms count what a suspended machine sleeps, but timers do not: the time is looked at
 * anew. It also keeps delays below the 2^31 ms of `setTimeout`.
 */
const SLEEP_MS_MAX = 15_000;
/** Called-off alarms are swept out when they outnumber the others by this. */
const CALLED_OFF_SLACK = 1_000;

/** Time that no turn of the event loop takes. */
const SUSPENDED_MS = 1_000;

interface Alarm {
  readonly dueMs: number;
  readonly order: number;
  /** Undefined once called off. */
  ring: (() => void) | undefined;
}

/** Any number of alarms in steady time on one timer, in a binary heap; those due together ring in the order set. */
export class Alarms {
  readonly #clock: Pick<Clock, "steady" | "wake">;
  #heap: Alarm[] = [];
  #order = 0;
  #calledOff = 0;
  #sleep: { readonly untilMs: number; readonly cancel: () => void } | undefined;

  constructor(clock: Pick<Clock, "steady" | "wake">) {
    this.#clock = clock;
  }

  /** Rings once at that steady time, never before this call has returned. Answers what calls it off. */
  at(dueMs: number, ring: () => void): () => void {
    const alarm: Alarm = { dueMs, order: this.#order++, ring };
    this.#heap.push(alarm);
    this.#rise(this.#heap.length - 1);
    this.#plan();
    return () => {
      if (!alarm.ring) return;
      alarm.ring = undefined;
      this.#calledOff += 1;
      this.#sweep();
    };
  }

  stop(): void {
    this.#sleep?.cancel();
    this.#sleep = undefined;
    this.#heap = [];
  }

  #plan(): void {
    const first = this.#heap[0];
    if (!first) return;
    const nowMs = this.#clock.steady();
    const delayMs = Math.min(Math.max(first.dueMs - nowMs, 0), SLEEP_MS_MAX);
    const untilMs = nowMs + delayMs;
    if (this.#sleep && isInTime(this.#sleep.untilMs, untilMs, nowMs)) return;
    this.#sleep?.cancel();
    this.#sleep = { untilMs, cancel: this.#clock.wake(delayMs, () => this.#wake()) };
  }

  #wake(): void {
    this.#sleep = undefined;
    const nowMs = this.#clock.steady();
    for (let first = this.#heap[0]; first && first.dueMs <= nowMs; first = this.#heap[0]) {
      this.#removeFirst();
      const { ring } = first;
      if (!ring) this.#calledOff -= 1;
      first.ring = undefined;
      ring?.();
    }
    this.#plan();
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sweep(): void {
    if (this.#calledOff < this.#heap.length / 2 + CALLED_OFF_SLACK) return;
    this.#heap = this.#heap.filter((alarm) => alarm.ring).toSorted(compare);
    this.#calledOff = 0;
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = index * 2 + 1;
      const child = this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #isEarlier(index: number, than: number): boolean {
    const a = this.#heap[index];
    const b = this.#heap[than];
    return a !== undefined && b !== undefined && compare(a, b) < 0;
  }

  #swapIfEarlier(index: number, than: number): boolean {
    const a = this.#heap[index];
    const b = this.#heap[than];
    if (!a || !b || compare(a, b) >= 0) return false;
    this.#heap[than] = a;
    this.#heap[index] = b;
    return true;
  }
}

/** Whether a sleep that is planned will do. One that is long over without an end was planned before the machine slept. */
function isInTime(plannedMs: number, untilMs: number, nowMs: number): boolean {
  return plannedMs <= untilMs && nowMs - plannedMs < SUSPENDED_MS;
}

function compare(a: Alarm, b: Alarm): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}
