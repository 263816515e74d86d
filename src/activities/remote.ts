import { messageOf, systemCodeOf } from "../base/errors.ts";
import { parseJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { readLines } from "../base/lines.ts";
import type { ActivityContext, ActivityHandler } from "../durable/backend.ts";
import { ActivityFailure, ActivityUnavailable } from "../durable/errors.ts";
import { ActivityLine } from "../schema/wire/activity.ts";
import type { ActivityRequest } from "../schema/wire/activity.ts";

/** Statuses of a part that is there but cannot work just now. */
const BUSY = new Set([429, 502, 503, 504]);

/** What a connection says that was made and broke before the answer began. */
const CUT = new Set(["ECONNRESET", "ConnectionClosed"]);

/**
 * Has another part run the activity, over its unix socket. No connection, or one that is cut before the answer is
 * whole, is nobody's answer.
 */
export function remoteActivity(socket: string, name: string): ActivityHandler {
  return async (input, context) => {
    const response = await post(socket, name, input, context);
    if (!response.ok || !response.body) throw await refusal(name, response);
    for await (const line of linesOf(name, response.body)) {
      if (line.type === "progress") context.progress(line.data);
      if (line.type === "value") return line.value;
      if (line.type === "failure") throw failureOf(line);
    }
    throw new ActivityUnavailable(`the answer to "${name}" was cut`, { isCut: true });
  };
}

async function post(
  socket: string,
  name: string,
  input: JsonValue,
  { runId, commandId, idempotencyKey, attempt, signal }: ActivityContext,
): Promise<Response> {
  const request: ActivityRequest = { input, runId, commandId, idempotencyKey, attempt };
  // Outside of the attempt to connect: what cannot be said at all is not worth another try.
  const body = JSON.stringify(request);
  try {
    return await fetch(`http://part/activities/${encodeURIComponent(name)}`, {
      unix: socket,
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal,
      // A model may think for long; how long is up to the run.
      timeout: false,
    });
  } catch (error) {
    const isCut = CUT.has(systemCodeOf(error) ?? "");
    throw unavailable(`"${name}" cannot be reached`, error, isCut);
  }
}

async function* linesOf(
  name: string,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ActivityLine> {
  const lines = readLines(body);
  try {
    for (;;) {
      const next = await lines.next().catch((error: unknown) => {
        throw unavailable(`the answer to "${name}" was cut`, error, true);
      });
      if (next.done) return;
      yield ActivityLine.parse(parseJson(next.value));
    }
  } finally {
    await lines.return(undefined);
  }
}

/** A part that is starting or stopping is as good as away; any other refusal is a mistake of ours. */
async function refusal(name: string, response: Response): Promise<Error> {
  const said = await response.text().catch(messageOf);
  const message = `"${name}" was answered with status ${response.status}: ${said.slice(0, 500)}`;
  return BUSY.has(response.status) ? new ActivityUnavailable(message) : new Error(message);
}

function failureOf(line: Extract<ActivityLine, { type: "failure" }>): ActivityFailure {
  const { error, isRetryable, retryAfterMs } = line;
  return new ActivityFailure(error, {
    isRetryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function unavailable(what: string, cause: unknown, isCut: boolean): ActivityUnavailable {
  return new ActivityUnavailable(`${what}: ${messageOf(cause)}`, { cause, isCut });
}
