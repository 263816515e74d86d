import { APICallError } from "ai";
import { z } from "zod";

import { formatDurationMs } from "../../base/duration.ts";
import { messageOf } from "../../base/errors.ts";
import { ActivityFailure } from "../../durable/errors.ts";
import { LLM_VARIABLES, providerFacts } from "../../schema/llm.ts";
import { type ModelChoice, modelLabel, wayToAnother } from "./choice.ts";
import { modelFailure } from "./failure.ts";
import { ModelConnectionError } from "./watched-fetch.ts";

/** Statuses that pass by themselves; every 5xx does too. */
const PASSING = new Set([408, 409, 425, 429]);
/** Providers report these as 429, or inside a stream; money and rights do not come by waiting. */
const LASTING = /insufficient_quota|billing|credit balance/i;
/** A run that waits longer than this in silence looks dead; it is better told. */
const RETRY_AFTER_MAX_MS = 600_000;
const DETAIL_CHARACTERS_MAX = 1_000;

const ErrorBody = z.union([
  z
    .looseObject({ error: z.looseObject({ message: z.string() }) })
    .transform(({ error }) => error.message),
  z.looseObject({ error: z.string() }).transform(({ error }) => error),
  z.looseObject({ message: z.string() }).transform(({ message }) => message),
]);

/** What the library knows of an error that came inside a stream. */
const StreamError = z.looseObject({
  statusCode: z.int().min(400).max(599).optional().catch(undefined),
  isRetryable: z.boolean().optional().catch(undefined),
});

/** Whatever went wrong in a model step, as a failure that says which model, what, and how to mend it. */
export function toModelFailure(thrown: unknown, choice: ModelChoice): ActivityFailure {
  const chain = causesOf(thrown);
  const failure = chain.find((error) => error instanceof ActivityFailure);
  if (failure) return failure;
  const connection = chain.find((error) => error instanceof ModelConnectionError);
  if (connection) return connectionFailure(connection, choice);
  const call = chain.find((error) => APICallError.isInstance(error));
  if (call?.statusCode !== undefined && call.statusCode >= 400) return callFailure(call, choice);
  return streamFailure(thrown, choice);
}

function connectionFailure(error: ModelConnectionError, choice: ModelChoice): ActivityFailure {
  const label = modelLabel(choice);
  if (error.kind === "cut") {
    return modelFailure(502, `${label} broke off in the middle of its answer: ${error.message}`, {
      isRetryable: true,
    });
  }
  if (error.kind === "slow") {
    return modelFailure(504, `${label} was silent: ${error.message}`, { isRetryable: true });
  }
  if (choice.provider === "ollama") {
    const other = wayToAnother(
      choice,
      `choose another provider with ${LLM_VARIABLES.provider} or an API key such as ${providerFacts.anthropic.apiKeyVariable ?? ""}`,
    );
    return modelFailure(
      503,
      `Ollama does not answer at ${choice.baseUrl.replace(/\/v1$/, "")}: start it with "ollama serve" (and "ollama pull ${choice.name}"), or ${other}`,
    );
  }
  return modelFailure(503, `${label} can't be reached at ${choice.baseUrl}: ${error.message}`, {
    isRetryable: true,
  });
}

function callFailure(call: APICallError, choice: ModelChoice): ActivityFailure {
  const status = call.statusCode ?? 502;
  const said = saidBy(call);
  const detail = `${modelLabel(choice)} answered ${status}: ${said}${adviceFor(status, choice)}`;
  const isLasting = LASTING.test(`${call.responseBody ?? ""} ${said}`);
  const retryAfterMs = readRetryAfterMs(call.responseHeaders ?? {});
  if (retryAfterMs !== undefined && retryAfterMs > RETRY_AFTER_MAX_MS) {
    return modelFailure(status, `${detail} (it asks to wait ${formatDurationMs(retryAfterMs)})`);
  }
  return modelFailure(status, detail, {
    isRetryable: !isLasting && (PASSING.has(status) || status >= 500),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** An error that the provider put into its stream, or a stream that makes no sense. */
function streamFailure(thrown: unknown, choice: ModelChoice): ActivityFailure {
  const body = ErrorBody.safeParse(thrown);
  const judged = StreamError.safeParse(thrown);
  const { statusCode = 502, isRetryable = true } = judged.success ? judged.data : {};
  const said = cut(body.success ? body.data : messageOf(thrown));
  return modelFailure(statusCode, `${modelLabel(choice)} gave no usable answer: ${said}`, {
    isRetryable: isRetryable && !LASTING.test(said),
  });
}

function saidBy(call: APICallError): string {
  try {
    const body = ErrorBody.safeParse(JSON.parse(call.responseBody ?? ""));
    return cut(body.success ? body.data : call.message);
  } catch {
    return cut(call.message || "no reason given");
  }
}

function adviceFor(status: number, choice: ModelChoice): string {
  const { apiKeyVariable } = providerFacts[choice.provider];
  if (status === 401 || status === 403) {
    return ` (check ${apiKeyVariable ?? LLM_VARIABLES.apiKey})`;
  }
  if (status !== 404) return "";
  return choice.provider === "ollama"
    ? ` (run "ollama pull ${choice.name}", or name another model in spec.model.name)`
    : ` (check spec.model.name and the address ${choice.baseUrl})`;
}

/** `retry-after-ms`, or `Retry-After` in seconds or as a date. */
function readRetryAfterMs(headers: Record<string, string>): number | undefined {
  const exact = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - Date.now());
}

function causesOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let error = thrown; error !== undefined && chain.length < 8;) {
    chain.push(error);
    error = error instanceof Error ? error.cause : undefined;
  }
  return chain;
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > DETAIL_CHARACTERS_MAX ? `${line.slice(0, DETAIL_CHARACTERS_MAX)}…` : line;
}
