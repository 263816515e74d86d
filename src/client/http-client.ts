import { ApplyResult, ResourcePage, StoredResource } from "../schema/api/resource.ts";
import { Run, RunPage, SignalResult } from "../schema/api/run.ts";
import { ServerReport } from "../schema/api/server.ts";
import { type Kind, kinds } from "../schema/kinds.ts";
import type { Client } from "./client.ts";
import { pathTo, runPath } from "./paths.ts";
import { followRunEvents, readRunEvents } from "./run-events.ts";
import {
  type ConnectionOptions,
  openConnection,
  type ServerConnection,
} from "./server-connection.ts";

/** A server at a URL. Nothing is sent before the first call. */
export function createClient(options: ConnectionOptions): Client {
  const connection = openConnection({ ...options, url: options.url.replace(/\/$/, "") });
  return {
    get url() {
      return connection.url;
    },
    ...resourceCalls(connection),
    ...runCalls(connection),
    ...aboutCalls(connection),
  };
}

type ResourceCalls = Pick<Client, "apply" | "get" | "list" | "delete">;

function resourceCalls({ ask }: ServerConnection): ResourceCalls {
  return {
    apply: (resource, { dryRun } = {}) =>
      ask(ApplyResult, pathOf(resource.kind, resource.metadata.name), {
        method: "PUT",
        query: { dryRun },
        body: resource,
      }),
    get: (kind, name) => ask(StoredResource, pathOf(kind, name)),
    list: (kind, query = {}) => ask(ResourcePage, pathTo(kinds[kind].plural), { query }),
    delete: async (kind, name, query = {}) => {
      const { items } = await ask(ResourcePage, pathOf(kind, name), { method: "DELETE", query });
      return items;
    },
  };
}

type RunCalls = Omit<Client, keyof ResourceCalls | keyof AboutCalls | "url">;

function runCalls(connection: ServerConnection): RunCalls {
  const { ask } = connection;
  return {
    createRun: (body, { idempotencyKey } = {}) =>
      ask(Run, "/v1/runs", {
        method: "POST",
        body,
        headers: idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
      }),
    getRun: (id) => ask(Run, runPath(id)),
    listRuns: (query = {}) => ask(RunPage, "/v1/runs", { query }),
    cancelRun: (id, reason) =>
      ask(Run, `${runPath(id)}/cancel`, { method: "POST", body: { reason } }),
    pauseRun: (id) => ask(Run, `${runPath(id)}/pause`, { method: "POST" }),
    resumeRun: (id) => ask(Run, `${runPath(id)}/resume`, { method: "POST" }),
    signalRun: (id, body) => ask(SignalResult, `${runPath(id)}/signals`, { method: "POST", body }),
    events: (id, { after = 0, follow = true, ...options } = {}) => {
      const read = follow ? followRunEvents : readRunEvents;
      return read(connection, id, { after, ...options });
    },
  };
}

type AboutCalls = Pick<Client, "server">;

function aboutCalls({ ask }: ServerConnection): AboutCalls {
  return { server: () => ask(ServerReport, "/v1/server") };
}

function pathOf(kind: Kind, name: string): string {
  // The slash in the name of a workflow is one of the path.
  return pathTo(kinds[kind].plural, ...name.split("/"));
}
