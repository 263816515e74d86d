import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Note } from "../durable/program.ts";
import type { ToolCall, ToolValue } from "../schema/wire/agent-step.ts";

/** A tool result in an event is for reading; the whole of it is in the outcome of its command. */
const RESULT_CHARACTERS_MAX = 2_000;

type AgentEvent =
  "started" | "step-started" | "message" | "tool-call" | "tool-result" | "completed" | "failed";

export function note(event: AgentEvent, subject: string, data: JsonObject): Note {
  return { type: `ai.stigmer.agent.${event}.v1`, subject, data };
}

export function toolCallNote(subject: string, call: ToolCall): Note {
  const { id, name, arguments: given } = call;
  return note("tool-call", subject, { id, name, arguments: given });
}

export function toolResultNote(subject: string, call: ToolCall, result: ToolValue): Note {
  const { text, isError } = result;
  const isCut = text.length > RESULT_CHARACTERS_MAX;
  const data: Record<string, JsonValue> = { id: call.id, name: call.name, isError };
  if (isCut) data["isCut"] = true;
  return note("tool-result", subject, { ...data, text: text.slice(0, RESULT_CHARACTERS_MAX) });
}
