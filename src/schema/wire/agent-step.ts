import { z } from "zod";

import { Json } from "../../base/json.ts";
import { AgentSpec, McpServerSpec } from "../kinds/agent.ts";

/**
 * What the agent program (in the workflow-runner) asks of the agent-runner: three activities, `agent.tools`,
 * `agent.model` and `agent.tool`. Everything they need is in their input; the agent-runner keeps nothing durable.
 */
export const ToolCall = z.strictObject({ id: z.string(), name: z.string(), arguments: Json });
export type ToolCall = z.infer<typeof ToolCall>;

export const Message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), text: z.string() }),
  z.strictObject({
    role: z.literal("assistant"),
    text: z.string(),
    toolCalls: z.array(ToolCall),
    /** What the provider wants back unread on the next step (reasoning signatures and the like). */
    opaque: Json.optional(),
  }),
  z.strictObject({
    role: z.literal("tool"),
    callId: z.string(),
    name: z.string(),
    text: z.string(),
    isError: z.boolean(),
  }),
]);
export type Message = z.infer<typeof Message>;

/** A tool as the model is told of it. `source` says who runs it: a built-in, or an MCP server by name. */
export const ToolDefinition = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputSchema: Json,
  source: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("builtin") }),
    z.strictObject({ type: z.literal("mcp"), server: z.string(), tool: z.string() }),
  ]),
});
export type ToolDefinition = z.infer<typeof ToolDefinition>;

/** `agent.tools`: which tools the agent has. */
export const ToolsInput = z.strictObject({
  tools: AgentSpec.shape.tools,
  mcpServers: z.array(McpServerSpec),
});
export type ToolsInput = z.infer<typeof ToolsInput>;
/** Progress of `agent.tools` and `agent.tool`: an MCP server takes its time to start. */
export const McpProgress = z.strictObject({
  type: z.literal("mcp-starting"),
  server: z.string(),
  elapsedMs: z.int().min(0),
  limitMs: z.int().min(0),
});
export type McpProgress = z.infer<typeof McpProgress>;
export const ToolsValue = z.strictObject({ tools: z.array(ToolDefinition) });
export type ToolsValue = z.infer<typeof ToolsValue>;

/** `agent.model`: one model step. Its progress lines are `ModelProgress`. */
export const ModelInput = z.strictObject({
  /** Whose step it is, for what is said to people. */
  agent: z.string().optional(),
  instructions: z.string(),
  model: AgentSpec.shape.model,
  messages: z.array(Message),
  tools: z.array(ToolDefinition),
});
export type ModelInput = z.infer<typeof ModelInput>;
export const Usage = z.strictObject({ inputTokens: z.int(), outputTokens: z.int() });
export type Usage = z.infer<typeof Usage>;
export const ModelValue = z.strictObject({
  message: Message.options[1],
  finishReason: z.enum(["stop", "tool-calls", "length", "content-filter", "other"]),
  usage: Usage,
  /** The provider and model that answered, as `provider/name`. */
  model: z.string(),
});
export type ModelValue = z.infer<typeof ModelValue>;
export const ModelProgress = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({ type: z.literal("reasoning"), text: z.string() }),
]);
export type ModelProgress = z.infer<typeof ModelProgress>;

/** `agent.tool`: one tool call. */
export const ToolInput = z.strictObject({
  call: ToolCall,
  tool: ToolDefinition,
  mcpServers: z.array(McpServerSpec),
});
export type ToolInput = z.infer<typeof ToolInput>;
export const ToolValue = z.strictObject({ text: z.string(), isError: z.boolean() });
export type ToolValue = z.infer<typeof ToolValue>;
