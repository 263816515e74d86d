import { version } from "../../base/build-info.ts";
import { Health, Readiness, ServerReport } from "../../schema/api/server.ts";
import { checkReach } from "../../settings/reach.ts";
import { defineRoute, NoBody, NoQuery, type Route } from "../route.ts";
import type { Services } from "../services.ts";

const tag = "Server";

export function aboutRoutes(services: Services): Route[] {
  return [health(), readiness(services), report(services)];
}

function health(): Route {
  return defineRoute(
    {
      method: "get",
      path: "/healthz",
      id: "getHealth",
      tag,
      summary: "Whether the server answers",
      access: "open",
      query: NoQuery,
      body: NoBody,
      answers: { 200: { description: "It does.", schema: Health } },
    },
    () => Response.json({ status: "ok", version }),
  );
}

function readiness(services: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/readyz",
      id: "getReadiness",
      tag,
      summary: "Whether runs can go on",
      access: "open",
      query: NoQuery,
      body: NoBody,
      answers: {
        200: { description: "Every part is ready.", schema: Readiness },
        503: { description: "One is not; runs are kept and go on later.", schema: Readiness },
      },
    },
    () => {
      const now = services.readiness();
      return Response.json(now, { status: now.status === "ready" ? 200 : 503 });
    },
  );
}

function report(services: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/server",
      id: "getServer",
      tag,
      summary: "What the server is, where it keeps its data and how its parts are",
      query: NoQuery,
      body: NoBody,
      answers: { 200: { description: "The report.", schema: ServerReport } },
    },
    async () => {
      const told = services.report();
      return Response.json({ ...told, model: await checkReach(told.model) });
    },
  );
}
