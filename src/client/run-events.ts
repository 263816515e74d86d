import { setTimeout } from "node:timers/promises";

import { StigmerError } from "../base/errors.ts";
import { RUN_END_TYPES, RunEvent, RunEventPage } from "../schema/api/run-event.ts";
import { Run } from "../schema/api/run.ts";
import { readEventData } from "./event-source.ts";
import { runPath } from "./paths.ts";
import { type ServerConnection, toError } from "./server-connection.ts";

const PAGE_LIMIT = 500;
const RETRY_FIRST_MS = 200;
const RETRY_LAST_MS = 5_000;

export interface FollowOptions {
  readonly after: number;
  readonly signal?: AbortSignal | undefined;
  readonly onDisconnect?: ((error: unknown) => void) | undefined;
  readonly awayMaxMs?: number | undefined;
}

/** What the server has of a run's events, page by page. */
export async function* readRunEvents(
  connection: ServerConnection,
  runId: string,
  { after, signal }: FollowOptions,
): AsyncGenerator<RunEvent> {
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? { after } : { cursor };
    const page = await connection.ask(RunEventPage, `${runPath(runId)}/events`, {
      query: { limit: PAGE_LIMIT, ...query },
      signal,
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** The run's events up to its end, over as many connections as it takes. */
export async function* followRunEvents(
  connection: ServerConnection,
  runId: string,
  { after, signal, onDisconnect, awayMaxMs = Infinity }: FollowOptions,
): AsyncGenerator<RunEvent> {
  const place: Place = { last: after, isOver: false, failures: 0 };
  let stream = await openStream(connection, runId, { after, signal });
  for (;;) {
    try {
      yield* readStream(stream, runId, place);
      if (place.isOver) return;
      connection.lost();
      if (await hasEnded(connection, runId, place)) return;
      onDisconnect?.(undefined);
    } catch (error) {
      if (signal?.aborted || !isTemporary(error)) throw error;
      onDisconnect?.(error);
      connection.lost();
    }
    stream = await reopenStream(connection, runId, { place, signal, awayMaxMs });
  }
}

interface Place {
  last: number;
  isOver: boolean;
  /** Connections in a row that told nothing. */
  failures: number;
}

async function openStream(
  connection: ServerConnection,
  runId: string,
  { after, signal }: { after: number; signal: AbortSignal | undefined },
): Promise<Response> {
  const headers = { accept: "text/event-stream", "last-event-id": String(after) };
  const response = await connection.send(`${runPath(runId)}/events`, { headers, signal });
  if (!response.ok) throw await toError(connection.url, response);
  return response;
}

async function reopenStream(
  connection: ServerConnection,
  runId: string,
  {
    place,
    signal,
    awayMaxMs,
  }: { place: Place; signal: AbortSignal | undefined; awayMaxMs: number },
): Promise<Response> {
  const deadlineMs = performance.now() + awayMaxMs;
  for (;;) {
    const waitMs = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(place.failures, 10));
    await setTimeout(waitMs, undefined, { signal });
    place.failures += 1;
    try {
      return await openStream(connection, runId, { after: place.last, signal });
    } catch (error) {
      if (signal?.aborted || !isTemporary(error) || performance.now() > deadlineMs) throw error;
    }
  }
}

async function* readStream(
  response: Response,
  runId: string,
  place: Place,
): AsyncGenerator<RunEvent> {
  if (!response.body) return;
  for await (const data of readEventData(response.body)) {
    const event = RunEvent.parse(JSON.parse(data));
    place.failures = 0;
    place.last = event.sequence ?? place.last;
    place.isOver = event.runid === runId && RUN_END_TYPES.includes(event.type);
    yield event;
    if (place.isOver) return;
  }
}

/** A stream that says nothing and closes is that of a run which has ended before. */
async function hasEnded(
  connection: ServerConnection,
  runId: string,
  place: Place,
): Promise<boolean> {
  const run = await connection.ask(Run, runPath(runId));
  return run.endedAt !== undefined && run.lastSequence <= place.last;
}

/** The server restarts, or the way to it is broken; anything else will be the same next time. */
function isTemporary(error: unknown): boolean {
  if (error instanceof StigmerError) return error.code === "unavailable";
  return error instanceof Error && error.name !== "ZodError" && !(error instanceof SyntaxError);
}
