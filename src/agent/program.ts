import { Json } from "../base/json.ts";
import type { RunError } from "../durable/errors.ts";
import type { Decision, Execution, Program, RunStart } from "../durable/program.ts";
import { AgentSpec } from "../schema/kinds/agent.ts";
import { agentError, describeIssues } from "./failure.ts";
import { AgentInput, toUserText } from "./input.ts";
import { openLoop } from "./loop.ts";
import { note } from "./notes.ts";

/**
 * The agent loop: a model step, then the tool calls it asked for at the same time, then the next model step, until
 * the model answers without a call. Nothing runs here; the engine runs and journals what is decided.
 */
export const agentProgram: Program = { name: "agent", open };

function open(start: RunStart): Execution {
  const spec = AgentSpec.safeParse(start.definition);
  if (!spec.success)
    return refuse(
      `the agent is not valid: ${describeIssues(AgentSpec, start.definition, spec.error)}`,
    );
  const input = AgentInput.safeParse(start.input);
  if (!input.success) {
    return refuse(
      `the input of an agent is {"message": …}, and this one is not: ${describeIssues(AgentInput, start.input, input.error)}`,
    );
  }
  return openLoop(start.subject.name, spec.data, toUserText(input.data));
}

function refuse(detail: string): Execution {
  const error: RunError = agentError("validation", detail, "/");
  const decision: Decision = {
    commands: [],
    abandoned: [],
    notes: [note("failed", "/", { error: Json.parse(error) })],
    end: { status: "failed", error },
  };
  return {
    begin: () => decision,
    take: () => {
      throw new Error("unreachable: a refused run has no commands");
    },
  };
}
