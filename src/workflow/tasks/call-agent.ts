import { isJsonObject, Json, type JsonValue } from "../../base/json.ts";
import type { CallTask } from "../../dsl/call.ts";
import { toInputIssue } from "../../dsl/issues.ts";
import { performActivity, valueOf } from "../activity.ts";
import { type AgentArguments, agentProblems } from "../agent-arguments.ts";
import { standardFault } from "../fault.ts";
import { perform, type Work } from "../fiber.ts";
import { fillIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/**
 * `call: agent`: looks the agent up as it is now, then runs it as a child, so that approvals, pauses and crashes of
 * the agent are its own.
 */
export function* callAgent(task: CallTask, frame: Frame): Work<TaskResult> {
  const { agent, message, output = "full" } = argumentsOf(task, frame);
  const definition = yield* performActivity(frame, {
    id: `${frame.position}/resolve`,
    name: "resolve",
    input: { kind: "Agent", name: agent },
  });
  const outcome = yield* perform({
    kind: "child",
    id: frame.position,
    program: "agent",
    subject: { kind: "Agent", name: agent },
    definition,
    input: { message },
  });
  const value = valueOf(outcome, frame);
  return { output: output === "text" ? textOf(value) : value };
}

function argumentsOf(task: CallTask, frame: Frame): AgentArguments {
  const filled = fillIn(frame, Json.parse(task.with ?? {}));
  const args = isJsonObject(filled) ? filled : {};
  const [problem] = agentProblems(args);
  if (problem)
    throw standardFault(
      "configuration",
      `call: agent: ${toInputIssue(problem).message}`,
      frame.pointer,
    );
  const { agent, message = null, output } = args;
  return {
    agent: typeof agent === "string" ? agent : "",
    message,
    ...(output === "text" || output === "full" ? { output } : {}),
  };
}

function textOf(value: JsonValue): JsonValue {
  return isJsonObject(value) ? (value["text"] ?? null) : value;
}
