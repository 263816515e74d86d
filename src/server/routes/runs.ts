import { createHash } from "node:crypto";

import { Json, type JsonValue, toCanonicalJson } from "../../base/json.ts";
import { Run, RunCreate, RunPage, RunQuery } from "../../schema/api/run.ts";
import type { RunList } from "../../store/runs.ts";
import { isEnded, requireRun } from "../await-run.ts";
import { planRun, toPending } from "../create-run.ts";
import { workflowAddress } from "../find-resource.ts";
import { HttpError } from "../http-error.ts";
import { parseLabels } from "../parse-labels.ts";
import { defineRoute, NoBody, NoQuery, type Route } from "../route.ts";
import type { Services } from "../services.ts";
import { DryRunQuery, isTrue } from "../write-options.ts";

const tag = "Runs";
const KEY_LENGTH_MAX = 255;

export function runRoutes(services: Services): Route[] {
  return [create, list, get].map((define) => define(services));
}

function create(services: Services): Route {
  return defineRoute(
    {
      method: "post",
      path: "/v1/runs",
      id: "createRun",
      tag,
      summary: "Run an agent or a workflow",
      description:
        "The run is kept before the answer is given: from then on a crash loses nothing. It begins when the workflow-runner has it.",
      query: DryRunQuery,
      body: RunCreate,
      headers: {
        "Idempotency-Key":
          "The same key again within 24 hours answers with the same run instead of starting another.",
      },
      answers: {
        201: {
          description: "The run, pending. Its address is in the header Location.",
          schema: Run,
        },
        200: {
          description:
            "The run that the Idempotency-Key started before, or with dryRun the run as it would be.",
          schema: Run,
        },
      },
    },
    async ({ body, query, header }) => {
      const run = await planRun(services.store, body);
      if (isTrue(query.dryRun)) return Response.json(toPending(run, services.now()));
      const created = await services.store.runs.create(run, keyOf(header("idempotency-key"), body));
      if (created.outcome === "key-taken") throw keyTaken();
      services.handover.wake();
      const isNew = created.outcome === "created";
      return Response.json(created.run, {
        status: isNew ? 201 : 200,
        headers: { location: `/v1/runs/${created.run.id}` },
      });
    },
  );
}

function keyOf(key: string | undefined, body: RunCreate) {
  if (key === undefined) return undefined;
  if (key === "" || key.length > KEY_LENGTH_MAX) {
    throw new HttpError(400, "usage", `an Idempotency-Key has 1 to ${KEY_LENGTH_MAX} characters`);
  }
  const request: JsonValue = Json.parse(JSON.parse(JSON.stringify(body)));
  return { key, requestHash: createHash("sha256").update(toCanonicalJson(request)).digest("hex") };
}

function keyTaken(): HttpError {
  return new HttpError(409, "conflict", "the Idempotency-Key was used for another request", {
    hint: "take a new key for a new request",
  });
}

/** A run that can't go on still counts as running: nothing has ended it. */
function withProblem(run: Run, { problemOf }: Services): Run {
  const problem = isEnded(run) ? undefined : problemOf(run.id);
  return problem === undefined ? run : { ...run, problem };
}

function list(services: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/runs",
      id: "listRuns",
      tag,
      summary: "List runs",
      description: "Newest first, runs that other runs have started among them.",
      query: RunQuery,
      body: NoBody,
      answers: { 200: { description: "A page, newest first.", schema: RunPage } },
    },
    async ({ query: { label, name, parent, since, ...query } }) => {
      const filter: RunList = {
        ...query,
        labels: parseLabels(label),
        names: name === undefined ? undefined : [name, workflowAddress(name).nameOrId],
        parentRunId: parent,
        since: since === undefined ? undefined : new Date(since),
      };
      const { items, ...more } = await services.store.runs.list(filter);
      const runs = items.map((run) => withProblem(run, services));
      return Response.json({ items: runs, ...more });
    },
  );
}

function get(services: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/runs/{id}",
      id: "getRun",
      tag,
      summary: "Get a run",
      query: NoQuery,
      body: NoBody,
      answers: { 200: { description: "The run as it is now.", schema: Run } },
    },
    async ({ param }) => {
      const run = await requireRun(services, param("id"));
      return Response.json(withProblem(run, services));
    },
  );
}
