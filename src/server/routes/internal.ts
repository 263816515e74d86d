import { ResolveRequest, ResolveResponse } from "../../schema/wire/server.ts";
import { requireResource } from "../find-resource.ts";
import { defineRoute, NoQuery, type Route } from "../route.ts";
import type { Services } from "../services.ts";

/** What the other parts ask, over the socket that only this user can open. */
export function internalRoutes({ store }: Services): Route[] {
  return [
    defineRoute(
      {
        method: "post",
        path: "/internal/resolve",
        id: "resolve",
        tag: "Internal",
        summary: "The spec of a resource as it is now",
        access: "internal",
        query: NoQuery,
        body: ResolveRequest,
        answers: { 200: { description: "The definition.", schema: ResolveResponse } },
      },
      async ({ body: { kind, name } }) => {
        const { spec } = await requireResource(store, { kind, nameOrId: name });
        return Response.json({ definition: spec });
      },
    ),
  ];
}
