import type { Command } from "../durable/command.ts";
import type { Note, Outcome } from "../durable/program.ts";
import type { AgentSpec } from "../schema/kinds/agent.ts";
import type { Message, ToolCall, ToolDefinition } from "../schema/wire/agent-step.ts";
import { ToolValue } from "../schema/wire/agent-step.ts";
import { toolCommand, toolId } from "./commands.ts";
import { toolCallNote, toolResultNote } from "./notes.ts";

/** How many calls one model step may make; a model that asks for more gets them refused, not the run ended. */
const CALLS_MAX = 64;

/** The tool calls of one model step, which run at the same time; the model gets the results in the order of its calls. */
export interface ToolStep {
  readonly calls: readonly ToolCall[];
  readonly results: (ToolValue | undefined)[];
  /** The call of each command id. */
  readonly indexes: ReadonlyMap<string, number>;
  /** How many results are still to come. */
  missing: number;
}

export type ToolMessage = Extract<Message, { role: "tool" }>;

export function startToolStep(
  spec: AgentSpec,
  step: number,
  calls: readonly ToolCall[],
  tools: readonly ToolDefinition[],
): { toolStep: ToolStep; commands: Command[]; notes: Note[] } {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const refused = calls.map(({ name }, index) => {
    if (index >= CALLS_MAX) return tooMany;
    return byName.has(name) ? undefined : unknownTool(name, byName);
  });
  const toolStep: ToolStep = {
    calls,
    results: refused,
    indexes: new Map(calls.map((_call, index) => [toolId(step, index), index])),
    missing: refused.filter((result) => result === undefined).length,
  };
  const commands: Command[] = [];
  const notes: Note[] = [];
  for (const [index, call] of calls.entries()) {
    const id = toolId(step, index);
    const tool = byName.get(call.name);
    const refusal = refused[index];
    notes.push(toolCallNote(id, call));
    if (refusal) notes.push(toolResultNote(id, call, refusal));
    else if (tool) commands.push(toolCommand(id, spec, call, tool));
  }
  return { toolStep, commands, notes };
}

/** Keeps the result of one call. A tool that failed does not end the run: the model reads why. */
export function takeToolOutcome(toolStep: ToolStep, outcome: Outcome): Note {
  const index = toolStep.indexes.get(outcome.id) ?? -1;
  const call = toolStep.calls[index];
  if (!call) throw new Error(`unreachable: ${outcome.id} is no call of this step`);
  const result = resultOf(outcome);
  toolStep.results[index] = result;
  toolStep.missing -= 1;
  return toolResultNote(outcome.id, call, result);
}

export function toolMessages(toolStep: ToolStep): ToolMessage[] {
  return toolStep.calls.map(({ id, name }, index) => {
    const result = toolStep.results[index];
    if (!result) throw new Error(`unreachable: call ${index} has no result`);
    return { role: "tool", callId: id, name, ...result };
  });
}

function resultOf(outcome: Outcome): ToolValue {
  if (!outcome.ok) {
    const { detail, title, type } = outcome.error;
    return { text: detail ?? title ?? type, isError: true };
  }
  const value = ToolValue.safeParse(outcome.value);
  return value.success ? value.data : { text: "the tool's answer is unreadable", isError: true };
}

const tooMany: ToolValue = {
  text: `This call was not made: one step may call ${CALLS_MAX} tools at most. Make it again in the next step.`,
  isError: true,
};

function unknownTool(name: string, known: ReadonlyMap<string, ToolDefinition>): ToolValue {
  const names = [...known.keys()].join(", ");
  const text = names
    ? `There is no tool "${name}". The tools are: ${names}.`
    : `There is no tool "${name}", nor any other: answer without tools.`;
  return { text, isError: true };
}
