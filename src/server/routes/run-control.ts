import { StigmerError } from "../../base/errors.ts";
import { Run, RunCancel, SignalCreate, SignalResult } from "../../schema/api/run.ts";
import { awaitRun, isEnded, requireRun } from "../await-run.ts";
import { defineRoute, NoBody, type Route } from "../route.ts";
import type { Services } from "../services.ts";
import { DryRunQuery, isTrue } from "../write-options.ts";

const tag = "Runs";

export function runControlRoutes(services: Services): Route[] {
  return [cancel(services), pause(services), resume(services), signal(services)];
}

function cancel(services: Services): Route {
  return defineRoute(
    {
      method: "post",
      path: "/v1/runs/{id}/cancel",
      id: "cancelRun",
      tag,
      summary: "Cancel a run and the runs that it has started",
      description:
        "The wish is kept: where the workflow-runner can't be reached it is carried out later. A run that has ended stays as it is.",
      query: DryRunQuery,
      body: RunCancel.prefault({}),
      answers: { 200: { description: "The run, as a rule cancelled by now.", schema: Run } },
    },
    async ({ param, body, query }) => {
      const run = await requireRun(services, param("id"));
      if (isEnded(run) || isTrue(query.dryRun)) return Response.json(run);
      await services.store.runs.requestCancel(run.id, body.reason);
      services.handover.wake();
      return Response.json(await awaitRun(services, run.id, isEnded));
    },
  );
}

function pause(services: Services): Route {
  return defineRoute(
    {
      method: "post",
      path: "/v1/runs/{id}/pause",
      id: "pauseRun",
      tag,
      summary: "Pause a run",
      description: "What is running goes on and is kept, but nothing new begins until `resume`.",
      query: DryRunQuery,
      body: NoBody,
      answers: { 200: { description: "The run, as a rule paused by now.", schema: Run } },
    },
    async ({ param, query }) => {
      const run = await requireStarted(services, param("id"));
      if (isEnded(run)) throw hasEnded(run);
      if (isTrue(query.dryRun)) return Response.json(run);
      await services.runner.pause(run.id);
      return Response.json(await awaitRun(services, run.id, isPausedOrEnded));
    },
  );
}

function resume(services: Services): Route {
  return defineRoute(
    {
      method: "post",
      path: "/v1/runs/{id}/resume",
      id: "resumeRun",
      tag,
      summary: "Let a paused run go on",
      query: DryRunQuery,
      body: NoBody,
      answers: { 200: { description: "The run, as a rule running again by now.", schema: Run } },
    },
    async ({ param, query }) => {
      const run = await requireStarted(services, param("id"));
      if (isEnded(run)) throw hasEnded(run);
      if (isTrue(query.dryRun)) return Response.json(run);
      await services.runner.resume(run.id);
      return Response.json(await awaitRun(services, run.id, ({ status }) => status !== "paused"));
    },
  );
}

function signal(services: Services): Route {
  return defineRoute(
    {
      method: "post",
      path: "/v1/runs/{id}/signals",
      id: "signalRun",
      tag,
      summary: "Send an event to a run",
      description: "The same `id` again has no effect, so that a request can be repeated safely.",
      query: DryRunQuery,
      body: SignalCreate,
      answers: { 200: { description: "What became of it.", schema: SignalResult } },
    },
    async ({ param, query, body: { id = Bun.randomUUIDv7(), name, data } }) => {
      const run = await requireStarted(services, param("id"));
      if (isEnded(run)) return Response.json({ result: "ended" });
      if (isTrue(query.dryRun)) return Response.json({ result: "accepted" });
      const result = await services.runner.signal(run.id, { id, name, data });
      return Response.json({ result });
    },
  );
}

function isPausedOrEnded(run: Run): boolean {
  return run.status === "paused" || isEnded(run);
}

/** A run that was created a moment ago may still be on its way to the engine. */
async function requireStarted(services: Services, id: string): Promise<Run> {
  await requireRun(services, id);
  const run = await awaitRun(services, id, ({ status }) => status !== "pending");
  if (run.status !== "pending") return run;
  throw new StigmerError("unavailable", `run ${id} has not begun yet`, {
    hint: "the workflow-runner does not have it yet: see `stigmer server status`",
  });
}

function hasEnded({ id, status }: Run): StigmerError {
  return new StigmerError("conflict", `run ${id} has ended: it is ${status}`);
}
