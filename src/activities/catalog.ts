import type { ActivityHandler } from "../durable/backend.ts";
import { callHttp } from "./http.ts";
import { remoteActivity } from "./remote.ts";
import { resolveActivity } from "./resolve.ts";

/** Unix sockets of the parts that some activities need. Without one, its activities do not exist. */
export interface CatalogSockets {
  readonly server?: string;
  readonly agentRunner?: string;
}

/** Finds the handler of an activity by the name that a program's command has. */
export function createCatalog(
  sockets: CatalogSockets = {},
): (name: string) => ActivityHandler | undefined {
  const handlers = new Map<string, ActivityHandler>([["http", callHttp]]);
  if (sockets.server !== undefined) handlers.set("resolve", resolveActivity(sockets.server));
  if (sockets.agentRunner !== undefined) {
    for (const name of ["agent.tools", "agent.model", "agent.tool"]) {
      handlers.set(name, remoteActivity(sockets.agentRunner, name));
    }
  }
  return (name) => handlers.get(name);
}
