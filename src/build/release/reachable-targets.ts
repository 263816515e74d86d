import { StigmerError } from "../../base/errors.ts";
import type { Target } from "./targets.ts";

/**
 * Brings the runtime of each target, and answers for which there is one. Only what cannot be had here is left out, by
 * `onSkip`; a runtime that is another than it says it is ends everything.
 */
export async function reachableTargets(
  targets: readonly Target[],
  obtain: (target: Target) => Promise<unknown>,
  onSkip: (line: string) => void,
): Promise<readonly Target[]> {
  const reachable: Target[] = [];
  let last: StigmerError | undefined;
  for (const target of targets) {
    try {
      await obtain(target);
      reachable.push(target);
    } catch (error) {
      if (!(error instanceof StigmerError) || error.code !== "unavailable") throw error;
      last = error;
      onSkip(`skipped: ${target.name}: ${error.message} (${error.hint ?? "no reason given"})`);
    }
  }
  if (reachable.length === 0 && last) throw last;
  return reachable;
}
