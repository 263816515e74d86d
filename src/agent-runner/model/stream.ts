import { type ModelMessage, streamText, type TextStreamPart, type ToolSet } from "ai";

import { Json, type JsonValue } from "../../base/json.ts";
import type { ModelInput, ModelValue, ToolCall } from "../../schema/wire/agent-step.ts";
import type { ModelWorld, OpenedModel, OpenModel } from "../model.ts";
import { type ModelChoice, modelLabel } from "./choice.ts";
import { modelFailure } from "./failure.ts";
import { type Gatherer, gatherPieces } from "./gather.ts";
import { toModelMessages, toOpaque, toToolSet } from "./messages.ts";
import { toModelFailure } from "./provider-error.ts";
import { watchFetch } from "./watched-fetch.ts";

// The library would write its warnings to the console.
globalThis.AI_SDK_LOG_WARNINGS = false;

type Part = TextStreamPart<ToolSet>;
type Finish = Extract<Part, { type: "finish-step" }>;

/** What the stream has brought so far. */
interface Answer {
  text: string;
  readonly toolCalls: ToolCall[];
  finish: Finish | undefined;
}

export async function streamModelStep(
  input: ModelInput,
  choice: ModelChoice,
  openModel: OpenModel,
  world: ModelWorld,
): Promise<ModelValue> {
  const pieces = gatherPieces(world.progress);
  try {
    const watched = watchFetch(world.limits, choice.authorization);
    const result = ask(input, choice, openModel(choice, watched), world.signal);
    const answer: Answer = { text: "", toolCalls: [], finish: undefined };
    for await (const part of result.stream) takePart(answer, part, pieces);
    pieces.flush();
    world.signal.throwIfAborted();
    const message = (await result.responseMessages).find(({ role }) => role === "assistant");
    const parts =
      message?.role === "assistant" && Array.isArray(message.content) ? message.content : [];
    return toValue(withUniqueIds(answer), toOpaque(parts, modelLabel(choice)), choice);
  } catch (error) {
    pieces.flush();
    world.signal.throwIfAborted();
    throw toModelFailure(error, choice);
  }
}

function ask(input: ModelInput, choice: ModelChoice, opened: OpenedModel, signal: AbortSignal) {
  const { temperature, maxOutputTokens } = choice;
  return streamText({
    model: opened.model,
    instructions: input.instructions,
    messages: markLast(toModelMessages(input.messages, modelLabel(choice)), opened),
    tools: toToolSet(input.tools),
    providerOptions: opened.providerOptions,
    abortSignal: signal,
    // The engine repeats failed steps; a failure arrives in the stream.
    maxRetries: 0,
    onError: () => {},
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  });
}

function markLast(messages: ModelMessage[], { lastMessageOptions }: OpenedModel): ModelMessage[] {
  const last = messages.at(-1);
  if (!last) return messages;
  return [...messages.slice(0, -1), { ...last, providerOptions: lastMessageOptions }];
}

function takePart(answer: Answer, part: Part, pieces: Gatherer): void {
  if (part.type === "error") throw part.error;
  if (part.type === "finish-step") answer.finish = part;
  if (part.type === "tool-call") answer.toolCalls.push(toToolCall(part));
  if (part.type === "text-delta") answer.text += part.text;
  if (part.type === "text-delta" || part.type === "reasoning-delta") {
    const type = part.type === "text-delta" ? "text" : "reasoning";
    if (part.text !== "") pieces.add({ type, text: part.text });
  }
}

function toToolCall(part: Extract<Part, { type: "tool-call" }>): ToolCall {
  return { id: part.toolCallId, name: part.toolName, arguments: Json.parse(part.input ?? {}) };
}

function toValue(answer: Answer, opaque: JsonValue | undefined, choice: ModelChoice): ModelValue {
  const { text, finish, toolCalls } = answer;
  if (!finish || isBrokenOff(finish)) {
    throw modelFailure(502, `${modelLabel(choice)} broke off in the middle of its answer`, {
      isRetryable: true,
    });
  }
  return {
    message: {
      role: "assistant",
      text,
      toolCalls,
      ...(opaque === undefined ? {} : { opaque }),
    },
    finishReason: toFinishReason(finish.finishReason, toolCalls.length > 0),
    usage: {
      inputTokens: finish.usage.inputTokens ?? 0,
      outputTokens: finish.usage.outputTokens ?? 0,
    },
    model: modelLabel(choice),
  };
}

/** A connection that closes in order, but too early, ends the answer without a reason. */
function isBrokenOff({ finishReason, rawFinishReason }: Finish): boolean {
  if (finishReason === "interrupted" || finishReason === "error") return true;
  return finishReason === "other" && rawFinishReason === undefined;
}

function toFinishReason(
  reason: Finish["finishReason"],
  hasCalls: boolean,
): ModelValue["finishReason"] {
  if (reason === "length" || reason === "content-filter") return reason;
  if (hasCalls) return "tool-calls";
  return reason === "stop" ? "stop" : "other";
}

/** Some local servers give every call the same id, or none; results are matched by it. */
function withUniqueIds(answer: Answer): Answer {
  const ids = new Set(answer.toolCalls.map(({ id }) => id).filter(Boolean));
  if (ids.size === answer.toolCalls.length) return answer;
  return {
    ...answer,
    toolCalls: answer.toolCalls.map((call, index) => ({ ...call, id: `call-${index}` })),
  };
}
