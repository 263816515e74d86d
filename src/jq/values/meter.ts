/** Takes the price of work; throws when it can't be paid. */
export interface Meter {
  spend(amount: number): void;
}

const FREE: Meter = { spend: () => undefined };
let current = FREE;

/**
 * Pays for a walk over a value. Values share their parts, so a small one may take for ever to walk. Programs run to
 * their end before another goes on, so that there is always one who pays; outside of a program it is free.
 */
export function pay(amount: number): void {
  current.spend(amount);
}

/** Does work at the cost of a meter. */
export function atCostOf<Result>(meter: Meter, work: () => Result): Result {
  const outer = current;
  current = meter;
  try {
    return work();
  } finally {
    current = outer;
  }
}
