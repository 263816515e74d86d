import { chmodSync, rmSync } from "node:fs";

import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import { allowSilentConnections } from "../base/silent-connections.ts";
import type { App } from "./app.ts";

/** A silent connection is closed after this; a stream of events is taken out of it. */
const IDLE_SECONDS = 60;
/** The app itself answers what is too large, in its own words. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

export interface Listener {
  readonly url: string;
  /** Takes no new requests and waits for those under way. */
  stop(): Promise<void>;
}

/** Listens where people and programs call. */
export function listenOnPort(
  app: App,
  { listen, port }: { listen: string; port: number },
): Listener {
  try {
    const server = Bun.serve({
      hostname: listen,
      port,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: UNLIMITED,
      fetch: (request, serving) =>
        app.fetch(request, {
          isTrusted: false,
          keepOpen: () => serving.timeout(request, 0),
        }),
    });
    return { url: urlOf(listen, server.port ?? port), stop: () => server.stop() };
  } catch (cause) {
    throw explain(cause, listen, port);
  }
}

/** Listens where the other parts call: only this user can open the socket. The caller holds the server's lock. */
export function listenOnSocket(app: App, socket: string): Listener {
  rmSync(socket, { force: true });
  const server = Bun.serve({
    ...allowSilentConnections,
    unix: socket,
    maxRequestBodySize: UNLIMITED,
    fetch: (request) => app.fetch(request, { isTrusted: true }),
  });
  chmodSync(socket, 0o600);
  return {
    url: `unix:${socket}`,
    stop: async () => {
      await server.stop();
      rmSync(socket, { force: true });
    },
  };
}

/** Where this machine reaches the server: every address is also the loopback one. */
export function urlOf(listen: string, port: number): string {
  if (listen === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (listen === "::") return `http://[::1]:${port}`;
  return `http://${listen.includes(":") ? `[${listen}]` : listen}:${port}`;
}

function explain(cause: unknown, listen: string, port: number): StigmerError {
  const code = systemCodeOf(cause);
  if (code === "EADDRINUSE") {
    return new StigmerError("conflict", `port ${port} on ${listen} is in use`, {
      hint: `choose another, as in "stigmer server --port ${port + 1}", or end what listens there`,
      cause,
    });
  }
  if (code === "EACCES") {
    return new StigmerError("not_permitted", `port ${port} may not be opened by this user`, {
      hint: "choose one above 1023 with --port",
      cause,
    });
  }
  return new StigmerError("failed", `can't listen on ${listen}:${port}: ${messageOf(cause)}`, {
    hint: "is it an address of this machine? See --listen",
    cause,
  });
}
