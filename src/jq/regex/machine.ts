import { raise } from "../raise.ts";
import type { Run } from "../run.ts";

/** Where a step sends the machine instead of to another step. */
export const FAILED = -1;
export const DONE = -2;

/** One instruction: moves the machine on and gives the number of the next, or `FAILED`, or `DONE`. */
export type Step = (machine: Machine) => number;

/** As Oniguruma: a search that backs up more often than this is given up. */
const RETRIES_MAX = 10_000_000;
const STEPS_PER_FUEL = 8;
const UNDO = -1;

/**
 * The state of one search. What to go back to is kept on a stack of its own, three numbers an entry, so that no text
 * is too long for it: a choice `(step, position, -1)`, a run of letters that can be shortened
 * `(step, position, least position)`, or a register to restore `(-1, register, old value)`.
 */
export class Machine {
  readonly text: string;
  readonly registers: Int32Array;
  readonly searchStart: number;
  position = 0;
  /** Where the match counts from, when `\K` has moved that. */
  kept = -1;
  private readonly run: Run;
  private stack = new Int32Array(192);
  private height = 0;
  private retries = 0;

  constructor(text: string, registerCount: number, searchStart: number, run: Run) {
    this.text = text;
    this.registers = new Int32Array(registerCount).fill(-1);
    this.searchStart = searchStart;
    this.run = run;
  }

  /** Runs from a step until it is done; false when every choice since then has failed. */
  execute(steps: readonly Step[], first: number): boolean {
    return this.executeOn(steps, first, this.height);
  }

  private executeOn(steps: readonly Step[], first: number, base = 0): boolean {
    let next = first;
    let count = 0;
    for (;;) {
      const step = steps[next];
      if (step === undefined) throw new Error("unreachable: every step leads to a step");
      next = step(this);
      count += 1;
      if (next >= 0) continue;
      this.run.spend(count / STEPS_PER_FUEL);
      count = 0;
      if (next === DONE) return true;
      next = this.backUp(base);
      if (next === FAILED) return false;
    }
  }

  /** Looks for another match than the one just found. */
  retry(steps: readonly Step[]): boolean {
    const next = this.backUp(0);
    return next !== FAILED && this.executeOn(steps, next);
  }

  /** Makes the machine ready for another place of the text. */
  reset(): void {
    this.height = 0;
    this.registers.fill(-1);
  }

  /** Runs a part of the pattern as a whole of its own: once done, none of its choices is taken back. */
  executeAtomic(steps: readonly Step[], first: number): boolean {
    const base = this.height;
    if (!this.execute(steps, first)) return false;
    this.forgetChoices(base);
    return true;
  }

  /** As `executeAtomic`, but leaves no trace. */
  probe(steps: readonly Step[], first: number): boolean {
    const base = this.height;
    const { position, kept } = this;
    const isMatch = this.execute(steps, first);
    while (this.height > base) {
      this.height -= 3;
      this.restore();
    }
    this.position = position;
    this.kept = kept;
    return isMatch;
  }

  pushChoice(step: number, position: number): void {
    this.push(step, position, -1);
  }

  /** A run that ends at `position` and may end as early as `least`. */
  pushRun(step: number, position: number, least: number): void {
    this.push(step, position, least);
  }

  setRegister(register: number, value: number): void {
    this.push(UNDO, register, this.registers[register] ?? -1);
    this.registers[register] = value;
  }

  private push(first: number, second: number, third: number): void {
    if (this.height + 3 > this.stack.length) {
      const larger = new Int32Array(this.stack.length * 2);
      larger.set(this.stack);
      this.stack = larger;
      this.run.spend(larger.length / 16);
    }
    this.stack[this.height] = first;
    this.stack[this.height + 1] = second;
    this.stack[this.height + 2] = third;
    this.height += 3;
  }

  /** Goes back to the last choice above `base`. */
  private backUp(base: number): number {
    this.retries += 1;
    if (this.retries > RETRIES_MAX) raise("Regex failure: retry-limit-in-match over");
    while (this.height > base) {
      this.height -= 3;
      const step = this.stack[this.height] ?? FAILED;
      if (step === UNDO) {
        this.restore();
        continue;
      }
      this.position = this.stack[this.height + 1] ?? 0;
      const least = this.stack[this.height + 2] ?? -1;
      if (least >= 0) this.shortenRun(least);
      return step;
    }
    return FAILED;
  }

  private restore(): void {
    if (this.stack[this.height] !== UNDO) return;
    this.registers[this.stack[this.height + 1] ?? 0] = this.stack[this.height + 2] ?? -1;
  }

  /** Gives back one code point of a run, and keeps the rest of the run as a choice. */
  private shortenRun(least: number): void {
    this.position = previous(this.text, this.position);
    if (this.position <= least) return;
    this.stack[this.height + 1] = this.position;
    this.height += 3;
  }

  private forgetChoices(base: number): void {
    let kept = base;
    for (let at = base; at < this.height; at += 3) {
      if (this.stack[at] !== UNDO) continue;
      this.stack.copyWithin(kept, at, at + 3);
      kept += 3;
    }
    this.height = kept;
  }
}

/** The position one code point earlier. */
export function previous(text: string, position: number): number {
  const before = position - 1;
  const isLow = (text.charCodeAt(before) & 0xfc00) === 0xdc00;
  return isLow && (text.charCodeAt(before - 1) & 0xfc00) === 0xd800 ? before - 1 : before;
}

/** The code point at a position, or -1 at the end. */
export function pointAt(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if ((unit & 0xf800) !== 0xd800) return position < text.length ? unit : -1;
  return text.codePointAt(position) ?? -1;
}

/** How many units a code point takes. */
export function widthOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}
