import { Json } from "../base/json.ts";
import type { ActivityCommand, RetryPolicy } from "../durable/command.ts";
import type { AgentSpec } from "../schema/kinds/agent.ts";
import type {
  Message,
  ModelInput,
  ToolCall,
  ToolDefinition,
  ToolInput,
  ToolsInput,
} from "../schema/wire/agent-step.ts";

/** Rate limits, overload and cut streams pass; what does not pass within these attempts is a failure. */
const MODEL_RETRY: RetryPolicy = {
  attemptsMax: 5,
  delayMs: 1_000,
  factor: 2,
  delayMaxMs: 60_000,
};

export const TOOLS_ID = "/tools";

export function modelId(step: number): string {
  return `/step/${step}/model`;
}

export function toolId(step: number, callIndex: number): string {
  return `/step/${step}/tool/${callIndex}`;
}

export function toolsCommand(spec: AgentSpec): ActivityCommand {
  const input: ToolsInput = { tools: spec.tools, mcpServers: spec.mcpServers };
  return { kind: "activity", id: TOOLS_ID, name: "agent.tools", input: Json.parse(input) };
}

interface Conversation {
  readonly agent: string;
  readonly spec: AgentSpec;
  readonly messages: readonly Message[];
  readonly tools: ToolDefinition[];
}

/** The conversation is copied once, shallowly: the command must not change when the conversation grows. */
export function modelCommand(
  step: number,
  { agent, spec, messages, tools }: Conversation,
): ActivityCommand {
  const { instructions, model } = spec;
  const input: ModelInput = { agent, instructions, model, messages: [...messages], tools };
  return {
    kind: "activity",
    id: modelId(step),
    name: "agent.model",
    input: Json.parse(input),
    retry: MODEL_RETRY,
  };
}

/** A tool is told of its own server only. */
export function toolCommand(
  id: string,
  spec: AgentSpec,
  call: ToolCall,
  tool: ToolDefinition,
): ActivityCommand {
  const { source } = tool;
  const mcpServers = spec.mcpServers.filter(
    ({ name }) => source.type === "mcp" && source.server === name,
  );
  const input: ToolInput = { call, tool, mcpServers };
  return { kind: "activity", id, name: "agent.tool", input: Json.parse(input) };
}
