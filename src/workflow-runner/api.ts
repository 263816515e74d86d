import { Hono } from "hono";
import type { Context } from "hono";
import { z } from "zod";

import { StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { SqliteBackend } from "../durable/sqlite/backend.ts";
import { parseInput } from "../schema/parse-input.ts";
import { CancelBody, RunRequestBody, SignalBody } from "../schema/wire/workflow-runner.ts";
import { streamJournal } from "./journal-stream.ts";
import { toProblemResponse } from "./problem.ts";
import type { ProgressFeed } from "./progress-feed.ts";

const JournalQuery = z.strictObject({ after: z.coerce.number().int().min(0).default(0) });

export interface ApiParts {
  readonly backend: SqliteBackend;
  readonly feed: ProgressFeed;
  readonly log: Log;
  readonly isReady: () => boolean;
}

/** What the server asks of the workflow-runner: the bodies are in `src/schema/wire/workflow-runner.ts`. */
export function createApi({ backend, feed, log, isReady }: ApiParts): Hono {
  const api = new Hono();
  api.onError((error) => toProblemResponse(error, log));
  api.notFound(({ req }) => toProblemResponse(noRoute(`${req.method} ${req.path}`), log));
  addHealth(api, backend, isReady);
  api.post("/runs", async (context) => {
    await backend.run(await bodyOf(context, RunRequestBody));
    return context.body(null, 202);
  });
  api.post("/runs/:id/signals", async (context) => {
    const signal = await bodyOf(context, SignalBody);
    return context.json({ result: await backend.signal(context.req.param("id"), signal) });
  });
  api.post("/runs/:id/cancel", async (context) => {
    const { reason } = await bodyOf(context, CancelBody);
    await backend.cancel(context.req.param("id"), reason);
    return context.body(null, 204);
  });
  api.post("/runs/:id/pause", async (context) => {
    await backend.pause(context.req.param("id"));
    return context.body(null, 204);
  });
  api.post("/runs/:id/resume", async (context) => {
    await backend.resume(context.req.param("id"));
    return context.body(null, 204);
  });
  api.get("/journal", (context) => {
    const { after } = parseInput(JournalQuery, context.req.query(), { what: "the query" });
    // Its head says which runs cannot go on, which is known once all have been tried.
    if (!isReady()) throw starting();
    const headers = { "content-type": "application/x-ndjson" };
    return context.newResponse(streamJournal(backend, feed, after), { headers });
  });
  return api;
}

function addHealth(api: Hono, backend: SqliteBackend, isReady: () => boolean): void {
  api.get("/healthz", (context) => context.json({ status: "ok" }));
  api.get("/readyz", (context) => {
    const { problem, broken } = backend.health();
    if (!isReady()) throw starting();
    if (problem === undefined) return context.json({ status: "ready", broken });
    throw new StigmerError("unavailable", `the journal cannot be written: ${problem}`, {
      hint: "see that its disk is there and has space; it is tried again by itself",
    });
  });
}

async function bodyOf<S extends z.ZodType>(context: Context, schema: S): Promise<z.infer<S>> {
  const text = await context.req.text();
  return parseInput(schema, parseBody(text), { what: "the request body" });
}

/** No body is the same as an empty object. */
function parseBody(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new StigmerError("invalid_input", "the request body is not JSON", { cause: error });
  }
}

function starting(): StigmerError {
  return new StigmerError("unavailable", "the workflow-runner is starting");
}

function noRoute(what: string): StigmerError {
  return new StigmerError("not_found", `the workflow-runner has no "${what}"`);
}
