import {
  type AssistantModelMessage,
  jsonSchema,
  type JSONSchema7,
  type ModelMessage,
  tool,
  type ToolModelMessage,
  type ToolSet,
} from "ai";
import { z } from "zod";

import { isJsonObject, Json, type JsonValue } from "../../base/json.ts";
import type { Message, ToolDefinition } from "../../schema/wire/agent-step.ts";

type AssistantMessage = Extract<Message, { role: "assistant" }>;
type ToolMessage = Extract<Message, { role: "tool" }>;

type AnswerPart = Exclude<AssistantModelMessage["content"], string>[number];

/** The provider's id and usage of the answer: said to us, of no use to it. */
const MESSAGE_START = "anthropic.message_start";

/** The parts of an answer that only their own model understands, kept to be sent back word for word. */
const Opaque = z.strictObject({
  version: z.literal(1),
  model: z.string(),
  parts: z.array(z.looseObject({ type: z.string() })),
});
const AssistantParts = z.custom<AnswerPart[]>(Array.isArray);
const ToolSchema = z.custom<JSONSchema7>((value) => isJsonObject(Json.parse(value)));

/** The conversation as the model library wants it. The results of one step become one message. */
export function toModelMessages(messages: readonly Message[], model: string): ModelMessage[] {
  const converted: ModelMessage[] = [];
  let results: ToolModelMessage["content"] = [];
  for (const message of messages) {
    if (message.role === "tool") {
      if (results.length === 0) converted.push({ role: "tool", content: results });
      results.push(toToolResult(message));
      continue;
    }
    results = [];
    if (message.role === "user") converted.push({ role: "user", content: message.text });
    else converted.push({ role: "assistant", content: toParts(message, model) });
  }
  return converted;
}

/** Tools without `execute`: the model asks for them, the agent loop runs them. */
export function toToolSet(tools: readonly ToolDefinition[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      tool({ description, inputSchema: jsonSchema(ToolSchema.parse(inputSchema)) }),
    ]),
  );
}

/** What must be kept of an answer beside its text and its calls; undefined when that is all there is. */
export function toOpaque(parts: readonly AnswerPart[], model: string): JsonValue | undefined {
  const told = parts.filter((part) => part.type !== "custom" || part.kind !== MESSAGE_START);
  const isPlain = told.every(
    (part) =>
      (part.type === "text" || part.type === "tool-call") && part.providerOptions === undefined,
  );
  return isPlain ? undefined : Json.parse({ version: 1, model, parts: told });
}

function toParts(message: AssistantMessage, model: string): AnswerPart[] {
  const opaque = Opaque.safeParse(message.opaque);
  if (opaque.success && opaque.data.model === model) {
    return AssistantParts.parse(opaque.data.parts.map(withObjectInput));
  }
  const calls = message.toolCalls.map((call) => ({
    type: "tool-call" as const,
    toolCallId: call.id,
    toolName: call.name,
    input: toObject(call.arguments),
  }));
  // Providers refuse an empty text beside calls.
  if (message.text === "" && calls.length > 0) return calls;
  return [{ type: "text", text: message.text }, ...calls];
}

function withObjectInput(part: { type: string; [key: string]: unknown }) {
  return part.type === "tool-call" ? { ...part, input: toObject(Json.parse(part["input"])) } : part;
}

/** Arguments that were no JSON object can't be sent back: the tool's result tells the model what was wrong. */
function toObject(given: JsonValue) {
  return isJsonObject(given) ? given : {};
}

function toToolResult(message: ToolMessage): ToolModelMessage["content"][number] {
  return {
    type: "tool-result",
    toolCallId: message.callId,
    toolName: message.name,
    output: { type: message.isError ? "error-text" : "text", value: message.text },
  };
}
