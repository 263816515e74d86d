import { Hono } from "hono";

import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import { createGuard, type GuardOptions } from "./guard.ts";
import { describeApi } from "./open-api.ts";
import { internalProblem, problemOf } from "./problem.ts";
import type { Connection, Route, ServerContext } from "./route.ts";
import { aboutRoutes } from "./routes/about.ts";
import { agentRoutes } from "./routes/agents.ts";
import { documentationRoutes } from "./routes/documentation.ts";
import { internalRoutes } from "./routes/internal.ts";
import { runControlRoutes } from "./routes/run-control.ts";
import { runEventRoutes } from "./routes/run-events.ts";
import { runRoutes } from "./routes/runs.ts";
import { workflowRoutes } from "./routes/workflows.ts";
import type { Services } from "./services.ts";
import { unknownRoute } from "./unknown-route.ts";

/** The HTTP API. What a request came over is the second argument: `fetch(request, { isTrusted: false })`. */
export interface App {
  fetch(request: Request, connection: Connection): Promise<Response>;
}

export function createApp(services: Services, guardOptions: GuardOptions): App {
  const routes = allRoutes(services);
  const isOpen = openPaths(routes);
  const guard = createGuard(guardOptions);
  const app = new Hono<{ Bindings: Connection; Variables: { requestId: string } }>();
  app.use(async (context, next) => {
    context.set("requestId", Bun.randomUUIDv7());
    const { raw, path } = context.req;
    if (!context.env.isTrusted) guard(raw, { isOpen: isOpen.has(path) });
    await next();
    addHeaders(context);
  });
  for (const route of routes) {
    app.on(route.spec.method.toUpperCase(), toPattern(route.spec.path), (context) =>
      isHidden(route, context) ? context.notFound() : route.answer(context),
    );
  }
  app.notFound(({ req }) => problemOf(unknownRoute(routes, req), req.path));
  app.onError((error, context) => {
    const response = toResponse(error, context, services);
    context.res = response;
    addHeaders(context);
    return context.res;
  });
  return { fetch: async (request, connection) => app.fetch(request, connection) };
}

function allRoutes(services: Services): Route[] {
  const routes: Route[] = [
    ...agentRoutes(services),
    ...workflowRoutes(services),
    ...runRoutes(services),
    ...runControlRoutes(services),
    ...runEventRoutes(services),
    ...aboutRoutes(services),
    ...internalRoutes(services),
  ];
  let description: ReturnType<typeof describeApi> | undefined;
  // Described when somebody asks: a start does not pay for it.
  routes.push(...documentationRoutes(() => (description ??= describeApi(routes))));
  return routes;
}

function openPaths(routes: readonly Route[]): Set<string> {
  return new Set(routes.filter(({ spec }) => spec.access === "open").map(({ spec }) => spec.path));
}

/** For whoever is not another part, what only parts may ask is not there. */
function isHidden(route: Route, context: ServerContext): boolean {
  return route.spec.access === "internal" && !context.env.isTrusted;
}

function toPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function toResponse(error: unknown, context: ServerContext, { log }: Services): Response {
  const { path, method } = context.req;
  if (error instanceof StigmerError && error.code !== "failed") return problemOf(error, path);
  if (DISK_ERRORS.has(systemCodeOf(error) ?? "")) return problemOf(diskProblem(error), path);
  const requestId = context.get("requestId");
  const stack = error instanceof Error ? error.stack : undefined;
  log.error(`${method} ${path} failed: ${messageOf(error)}`, { requestId, stack });
  return error instanceof StigmerError ? problemOf(error, path) : internalProblem(requestId, path);
}

/** Nothing was kept of the request, and the same request works once the disk does. */
const DISK_ERRORS: ReadonlySet<string> = new Set([
  "SQLITE_FULL",
  "SQLITE_IOERR",
  "SQLITE_READONLY",
]);

function diskProblem(error: unknown): StigmerError {
  return new StigmerError("unavailable", `the server can't write its data: ${messageOf(error)}`, {
    hint: "see that the disk of STIGMER_HOME is there and has room, then try again",
    cause: error,
  });
}

function addHeaders(context: ServerContext): void {
  context.header("x-request-id", context.get("requestId"));
  context.header("x-content-type-options", "nosniff");
  context.header("referrer-policy", "no-referrer");
  if (context.req.path.startsWith("/v1/")) context.header("cache-control", "no-store");
}
