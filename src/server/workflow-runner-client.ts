import { readChunkedLines, StreamLost } from "../base/chunked-lines.ts";
import { connectionTrouble } from "../base/connection-trouble.ts";
import { StigmerError } from "../base/errors.ts";
import { type JsonValue, parseJson } from "../base/json.ts";
import { Problem } from "../schema/api/problem.ts";
import { JournalLine, SignalAnswer } from "../schema/wire/workflow-runner.ts";
import type { RunnerPort } from "./runner-port.ts";

/** An answer means that something was written to disk, which a busy machine may take its time for. */
const ANSWER_MAX_MS = 30_000;
/** Three heartbeats without a word: the connection is dead, even if nobody has said so. */
const SILENCE_MAX_MS = 45_000;

/** The workflow-runner behind its unix socket. */
export function connectWorkflowRunner(socket: string): RunnerPort {
  const post = (path: string, body: JsonValue) =>
    call(socket, path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
  return {
    start: async (run) => {
      await post("/runs", run);
    },
    cancel: async (runId, reason) => {
      await post(`/runs/${runId}/cancel`, reason === undefined ? {} : { reason });
    },
    pause: async (runId) => {
      await post(`/runs/${runId}/pause`, {});
    },
    resume: async (runId) => {
      await post(`/runs/${runId}/resume`, {});
    },
    signal: async (runId, signal) => {
      const response = await post(`/runs/${runId}/signals`, signal);
      return SignalAnswer.parse(await response.json()).result;
    },
    journal: async (after, signal) => {
      const response = await call(socket, `/journal?after=${after}`, { signal });
      if (!response.body) throw new StigmerError("unavailable", "the journal has no body");
      return readJournalLines(response.body);
    },
  };
}

async function* readJournalLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<readonly JournalLine[]> {
  try {
    for await (const lines of readChunkedLines(stream, SILENCE_MAX_MS)) {
      yield lines.filter(Boolean).map((line) => JournalLine.parse(parseJson(line)));
    }
  } catch (error) {
    throw error instanceof StreamLost ? unreachable(error) : error;
  }
}

async function call(socket: string, path: string, init: RequestInit): Promise<Response> {
  const response = await reach(socket, path, init);
  if (!response.ok) throw await refusal(response);
  return response;
}

async function reach(socket: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`http://workflow-runner${path}`, { ...init, unix: socket });
  } catch (cause) {
    throw unreachable(cause);
  }
}

/** It passes: a workflow-runner that died is started again. */
function unreachable(cause: unknown): StigmerError {
  return new StigmerError(
    "unavailable",
    `the workflow-runner can't be reached: ${connectionTrouble(cause)}`,
    { hint: "it is restarted by itself; try again, and see `stigmer server status`", cause },
  );
}

async function refusal(response: Response): Promise<StigmerError> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (!problem.success) {
    return new StigmerError("unavailable", `the workflow-runner answered ${response.status}`);
  }
  const { code, detail, title, hint, errors = [] } = problem.data;
  const issues = errors.map(({ pointer, detail: message }) => ({ pointer, message }));
  return new StigmerError(code, detail ?? title, { hint, issues });
}
