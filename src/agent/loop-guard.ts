import { toCanonicalJson } from "../base/json.ts";
import type { ToolCall, ToolValue } from "../schema/wire/agent-step.ts";

/** How often the very same step may follow itself before the model is told. */
export const SAME_STEPS_MAX = 4;

export interface LoopGuard {
  readonly last: string;
  readonly times: number;
}

export const freshGuard: LoopGuard = { last: "", times: 0 };

/** Counts a step of tool calls: the same calls, with the same arguments and the same results, in a row. */
export function countStep(
  guard: LoopGuard,
  calls: readonly ToolCall[],
  results: readonly ToolValue[],
): LoopGuard {
  const step = toCanonicalJson([
    ...calls.map(({ name, arguments: given }) => [name, given]),
    ...results.map(({ text, isError }) => [text, isError]),
  ]);
  return { last: step, times: step === guard.last ? guard.times + 1 : 1 };
}

/** What the model is told, once, beside the result that it has now seen too often. */
export const LOOP_WARNING =
  `This is the same call with the same arguments and the same result, ${SAME_STEPS_MAX} times in a row. ` +
  "Calling it again will end the run: do something else, or answer with what you know.";
