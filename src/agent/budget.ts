import type { RunError } from "../durable/errors.ts";
import type { AgentSpec } from "../schema/kinds/agent.ts";
import type { ModelValue, Usage } from "../schema/wire/agent-step.ts";
import { modelId } from "./commands.ts";
import { agentError } from "./failure.ts";

/** The error that ends the run before another model step, if one of its limits is spent. */
export function checkBudget(
  limits: AgentSpec["limits"],
  stepsTaken: number,
  usage: Usage,
): RunError | undefined {
  const { stepsMax, tokensMax } = limits;
  const instance = modelId(Math.max(stepsTaken, 1));
  if (stepsTaken >= stepsMax) {
    const detail = `the agent took all of its ${stepsMax} model steps (limits.stepsMax) without an answer; raise spec.limits.stepsMax in the agent, or make the task smaller`;
    return agentError("limit", detail, instance);
  }
  const tokens = usage.inputTokens + usage.outputTokens;
  if (tokensMax !== undefined && tokens >= tokensMax) {
    const detail = `the agent used ${tokens} of its ${tokensMax} tokens (limits.tokensMax) without an answer; raise spec.limits.tokensMax in the agent, or make the task smaller`;
    return agentError("limit", detail, instance);
  }
  return undefined;
}

/** An answer that was cut or withheld must not pass for a whole one. Its text so far is in the message event. */
export function checkAnswer(value: ModelValue, instance: string): RunError | undefined {
  if (value.finishReason === "length") {
    const detail = `${value.model} was cut off after ${value.usage.outputTokens} output tokens; raise spec.model.maxOutputTokens in the agent, or ask for less`;
    return agentError("answer", detail, instance);
  }
  if (value.finishReason === "content-filter") {
    const detail = `${value.model} withheld its answer (content filter); change the instructions or the message, or use another model`;
    return agentError("answer", detail, instance);
  }
  return undefined;
}
