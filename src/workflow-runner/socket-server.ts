import { chmodSync, rmSync } from "node:fs";

import { allowSilentConnections } from "../base/silent-connections.ts";

export interface SocketServer {
  /** Closes every connection, also those that never end, and removes the socket. */
  stop(): Promise<void>;
}

/**
 * Serves on a unix socket that only this user may open. The caller holds the lock of this part, so a socket that is
 * there already was left by a process that is gone.
 */
export function serveSocket(
  path: string,
  handle: (request: Request) => Response | Promise<Response>,
): SocketServer {
  rmSync(path, { force: true });
  const server = Bun.serve({ ...allowSilentConnections, unix: path, fetch: handle });
  // The folder is private already; this is for whoever made it wider.
  chmodSync(path, 0o600);
  return {
    stop: async () => {
      await server.stop(true);
      rmSync(path, { force: true });
    },
  };
}
