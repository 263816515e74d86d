/** Lets at most so many jobs be under way at once; the others wait in line. */
export class Slots {
  readonly #countMax: number;
  readonly #line = new Set<() => Promise<void>>();
  #count = 0;
  #onIdle: (() => void) | undefined;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** How many are under way. */
  get count(): number {
    return this.#count;
  }

  /** Calls back once, when nothing is under way any more. */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /** Starts the job, which must not reject, now or when its turn comes. */
  enter(job: () => Promise<void>): void {
    if (this.#count < this.#countMax) void this.#begin(job);
    else this.#line.add(job);
  }

  /** Takes a job that has not started out of the line. */
  leave(job: () => Promise<void>): void {
    this.#line.delete(job);
  }

  #next(): void {
    for (const job of this.#line) {
      if (this.#count >= this.#countMax) return;
      this.#line.delete(job);
      void this.#begin(job);
    }
  }

  async #begin(job: () => Promise<void>): Promise<void> {
    this.#count += 1;
    await job();
    this.#count -= 1;
    if (this.#line.size > 0) this.#next();
    if (this.#count === 0) this.#onIdle?.();
  }
}
