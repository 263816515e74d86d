import { Json } from "../base/json.ts";
import type { Command } from "../durable/command.ts";
import type { RunError } from "../durable/errors.ts";
import type { Decision, Execution, Note, Outcome } from "../durable/program.ts";
import type { AgentSpec } from "../schema/kinds/agent.ts";
import type { Message, ToolDefinition, Usage } from "../schema/wire/agent-step.ts";
import { ModelValue, ToolsValue } from "../schema/wire/agent-step.ts";
import { checkAnswer, checkBudget } from "./budget.ts";
import { modelCommand, modelId, TOOLS_ID, toolsCommand } from "./commands.ts";
import { agentError } from "./failure.ts";
import {
  countStep,
  freshGuard,
  LOOP_WARNING,
  type LoopGuard,
  SAME_STEPS_MAX,
} from "./loop-guard.ts";
import { note } from "./notes.ts";
import { startToolStep, takeToolOutcome, toolMessages, type ToolStep } from "./tool-step.ts";

/** One agent run in memory. Every field follows from the outcomes taken so far. */
interface Loop {
  readonly agent: string;
  readonly spec: AgentSpec;
  readonly messages: Message[];
  tools: ToolDefinition[];
  /** The current model step, from 1. */
  step: number;
  usage: Usage;
  toolStep: ToolStep | undefined;
  guard: LoopGuard;
}

export function openLoop(agent: string, spec: AgentSpec, userText: string): Execution {
  const loop: Loop = {
    agent,
    spec,
    messages: [{ role: "user", text: userText }],
    tools: [],
    step: 0,
    usage: { inputTokens: 0, outputTokens: 0 },
    toolStep: undefined,
    guard: freshGuard,
  };
  return { begin: () => begin(loop), take: (outcome) => take(loop, outcome) };
}

function begin(loop: Loop): Decision {
  const { tools, mcpServers } = loop.spec;
  const started = note("started", "/", {
    tools: [...tools],
    mcpServers: mcpServers.map(({ name }) => name),
  });
  if (tools.length === 0 && mcpServers.length === 0) return nextStep(loop, [started]);
  return go([toolsCommand(loop.spec)], [started]);
}

function take(loop: Loop, outcome: Outcome): Decision {
  if (outcome.id === TOOLS_ID) return takeTools(loop, outcome);
  if (outcome.id === modelId(loop.step)) return takeModel(loop, outcome);
  return takeTool(loop, outcome);
}

function takeTools(loop: Loop, outcome: Outcome): Decision {
  if (!outcome.ok) return fail({ instance: outcome.id, ...outcome.error });
  const value = ToolsValue.safeParse(outcome.value);
  if (!value.success) return fail(unreadable(outcome.id));
  loop.tools = value.data.tools;
  return nextStep(loop, []);
}

function nextStep(loop: Loop, notes: Note[]): Decision {
  const error = checkBudget(loop.spec.limits, loop.step, loop.usage);
  if (error) return fail(error, notes);
  loop.step += 1;
  const command = modelCommand(loop.step, loop);
  return go([command], [...notes, note("step-started", command.id, { step: loop.step })]);
}

function takeModel(loop: Loop, outcome: Outcome): Decision {
  if (!outcome.ok) return fail({ instance: outcome.id, ...outcome.error });
  const parsed = ModelValue.safeParse(outcome.value);
  if (!parsed.success) return fail(unreadable(outcome.id));
  const { message, usage } = parsed.data;
  loop.usage = {
    inputTokens: loop.usage.inputTokens + usage.inputTokens,
    outputTokens: loop.usage.outputTokens + usage.outputTokens,
  };
  loop.messages.push(message);
  const notes = message.text === "" ? [] : [note("message", outcome.id, { text: message.text })];
  const error = checkAnswer(parsed.data, outcome.id);
  if (error) return fail(error, notes);
  if (message.toolCalls.length === 0) return complete(loop, parsed.data, notes);
  // A step whose results nobody would read must not touch the world.
  const spent = checkBudget(loop.spec.limits, loop.step, loop.usage);
  if (spent) return fail(spent, notes);
  const started = startToolStep(loop.spec, loop.step, message.toolCalls, loop.tools);
  loop.toolStep = started.toolStep;
  notes.push(...started.notes);
  if (loop.toolStep.missing === 0) return endToolStep(loop, loop.toolStep, notes);
  return go(started.commands, notes);
}

function takeTool(loop: Loop, outcome: Outcome): Decision {
  const { toolStep } = loop;
  if (!toolStep) throw new Error(`unreachable: nothing waits for ${outcome.id}`);
  const notes = [takeToolOutcome(toolStep, outcome)];
  return toolStep.missing === 0 ? endToolStep(loop, toolStep, notes) : go([], notes);
}

function endToolStep(loop: Loop, toolStep: ToolStep, notes: Note[]): Decision {
  loop.toolStep = undefined;
  const messages = toolMessages(toolStep);
  loop.guard = countStep(loop.guard, toolStep.calls, messages);
  if (loop.guard.times > SAME_STEPS_MAX) {
    const names = [...new Set(toolStep.calls.map(({ name }) => `"${name}"`))].join(", ");
    const detail =
      `the model called ${names} ${loop.guard.times} times in a row with the same arguments and the same result, ` +
      "although it was told; make the instructions clearer, or use another model";
    return fail(agentError("loop", detail, modelId(loop.step)), notes);
  }
  const last = messages.at(-1);
  if (loop.guard.times === SAME_STEPS_MAX && last) last.text += `\n\n${LOOP_WARNING}`;
  loop.messages.push(...messages);
  return nextStep(loop, notes);
}

function complete(loop: Loop, value: ModelValue, notes: Note[]): Decision {
  const output = Json.parse({
    text: value.message.text,
    steps: loop.step,
    usage: loop.usage,
    model: value.model,
  });
  notes.push(note("completed", modelId(loop.step), { output }));
  return { ...go([], notes), end: { status: "completed", output } };
}

function fail(error: RunError, notes: readonly Note[] = []): Decision {
  const failed = note("failed", error.instance ?? "/", { error: Json.parse(error) });
  return { ...go([], [...notes, failed]), end: { status: "failed", error } };
}

function go(commands: readonly Command[], notes: readonly Note[]): Decision {
  return { commands, abandoned: [], notes };
}

function unreadable(instance: string): RunError {
  return agentError(
    "answer",
    "the agent-runner answered in a form that this version does not know; install the agent-runner of the same version",
    instance,
  );
}
