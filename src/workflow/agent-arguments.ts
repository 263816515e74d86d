import type { z } from "zod";

import { anything, nonEmptyText } from "../dsl/scalar.ts";
import { closed, oneOf, type Problem, toProblems } from "../dsl/shape.ts";

/** `with` of `call: agent`. */
const AgentArguments = closed({
  /** The agent's name. */
  agent: nonEmptyText,
  /** What it is told: a text, or any value, which it reads as JSON. */
  message: anything,
  /** The answer's text alone, or all that the agent's run gave (the default). */
  output: oneOf("text", "full").optional(),
});
export type AgentArguments = z.infer<typeof AgentArguments>;

/** What is wrong with such a value, below this path. */
export function agentProblems(value: unknown, path: Problem["path"] = []): Problem[] {
  const result = AgentArguments.safeParse(value);
  if (result.success) return [];
  const problems: Problem[] = [];
  for (const problem of toProblems(result.error, value)) {
    problems.push({ ...problem, path: [...path, ...problem.path] });
  }
  return problems;
}
