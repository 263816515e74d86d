import { type RunEvent, RunEventPage, RunEventQuery } from "../../schema/api/run-event.ts";
import { numberFromCursor, toCursor } from "../../store/cursor.ts";
import { requireRun } from "../await-run.ts";
import { toEventStream } from "../event-stream.ts";
import { HttpError } from "../http-error.ts";
import { defineRoute, NoBody, type Route } from "../route.ts";
import { streamRun } from "../run-stream.ts";
import type { Services } from "../services.ts";

export function runEventRoutes(services: Services): Route[] {
  return [events(services)];
}

function events(services: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/runs/{id}/events",
      id: "listRunEvents",
      tag: "Runs",
      summary: "Watch a run, or read its events page by page",
      description:
        "Without `Accept: application/json` a stream of server-sent events: those after `Last-Event-ID` (or `after`), then each new one until the run has ended, with a comment at least every 15 seconds. Each `data` is a CloudEvent; `id` is its sequence number. Live text has no `id`: it can't be asked for again, and the whole message follows. With it a page, oldest first.",
      query: RunEventQuery,
      body: NoBody,
      headers: { "Last-Event-ID": "The sequence number of the last event that is known." },
      answers: {
        200: {
          description: "A page, oldest first, or a stream whose `data` are RunEvent.",
          schema: RunEventPage,
          other: { "text/event-stream": "id: 12\ndata: {…}\n\n" },
        },
      },
    },
    async ({ param, query, header, keepOpen, raw }) => {
      const run = await requireRun(services, param("id"));
      if (isJsonWanted(header("accept"))) {
        const after = query.cursor ? numberFromCursor("event", query.cursor) : (query.after ?? 0);
        return Response.json(await page(services, run.id, after, query.limit));
      }
      keepOpen();
      const after = lastEventId(header("last-event-id")) ?? query.after ?? 0;
      return toEventStream(streamRun(services, run.id, after), raw.signal);
    },
  );
}

function isJsonWanted(accept: string | undefined): boolean {
  return accept !== undefined && /\bapplication\/json\b/.test(accept);
}

async function page({ store }: Services, runId: string, after: number, limit: number) {
  const found: RunEvent[] = await store.events.list(runId, after, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1)?.sequence;
  return found.length > limit && last !== undefined
    ? { items, nextCursor: toCursor("event", last) }
    : { items };
}

function lastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(400, "usage", `"${text}" is not the id of an event`, {
    hint: "send the id of the last event as Last-Event-ID, or none for all events",
  });
}
