/**
 * Computing that a run does between two outcomes, in jq's fuel. Counted, not timed: a replay must pause where the first
 * course did.
 */
export interface Budget {
  spent: number;
}

/**
 * Measured with ranges, strings, objects and regular expressions, a unit takes 10 to 400 ns, so that this is at most
 * about a fifth of a second. Then others get their turn.
 */
const TURN_FUEL = 500_000;

/** What one turn may compute in all, at most about a second: an expression can't pause, so that it fails instead. */
const TURN_FUEL_MAX = 3_000_000;

export function isSpent({ spent }: Budget): boolean {
  return spent >= TURN_FUEL;
}

export function fuelLeft({ spent }: Budget): number {
  return Math.max(0, TURN_FUEL_MAX - spent);
}
