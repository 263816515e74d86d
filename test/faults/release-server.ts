import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { cleanPath, faults, type SeenRequest, statusFault } from "./release-faults.ts";
import type { ReleaseFiles } from "./release-files.ts";

export interface ReleaseServer {
  /** Base of the addresses of a release without faults, and of one with them: `faulty("reset", "ok")`. */
  readonly url: string;
  faulty(...names: string[]): string;
  /** Every request, in the order in which they came. */
  readonly requests: SeenRequest[];
  /** Lets answers that are held back go on. */
  release(): void;
  stop(): Promise<void>;
}

export interface ReleaseServerOptions {
  readonly files: ReleaseFiles;
  readonly tls?: { key: string; cert: string };
  /** Where redirects to another origin lead. */
  readonly elsewhere?: string;
}

/**
 * A mirror on loopback. The first part of a path may name faults, one for each request of that path in turn, the last
 * one for all that follow: `/@reset,ok/v1.2.3/…` breaks off once.
 */
export async function startReleaseServer(options: ReleaseServerOptions): Promise<ReleaseServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const serve = async (socket: Socket): Promise<void> => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    const request = await readRequest(socket);
    if (!request) return void socket.destroy();
    const turn = requests.filter(({ path }) => path === request.path).length;
    requests.push(request);
    const { elsewhere = "" } = options;
    const file = options.files.get(cleanPath(request.path.split("?")[0] ?? ""));
    const fault = file ? faultOf(request.path, turn) : statusFault("404");
    await fault?.({ socket, request, file: file ?? new Uint8Array(), elsewhere, released });
  };
  const accept = (socket: Socket): void => void serve(socket);
  const server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${await listen(server)}`;
  return {
    url,
    faulty: (...names) => `${url}/@${names.join(",")}`,
    requests,
    release,
    stop: () => stop(server, sockets),
  };
}

/** A port of loopback that is free now. */
export async function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(0, "127.0.0.1", () => resolve());
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port was asked for");
  return address.port;
}

export async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  for (const socket of sockets) socket.destroy();
  await promise;
}

function faultOf(path: string, turn: number): (typeof faults)[string] {
  const names = /^\/@([^/]+)/.exec(path)?.[1]?.split(",") ?? ["ok"];
  const name = names[Math.min(turn, names.length - 1)] ?? "ok";
  const fault = faults[name] ?? statusFault(name);
  if (!fault)
    throw new Error(`there is no fault "${name}"; there are ${Object.keys(faults).join(", ")}`);
  return fault;
}

/** The head of a request; undefined when the other side went away before it was whole. */
export async function readRequest(socket: Socket): Promise<SeenRequest | undefined> {
  let text = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const read = (chunk: Buffer): void => {
    text += chunk.toString("latin1");
    if (text.includes("\r\n\r\n")) resolve();
  };
  socket.on("data", read).once("close", () => resolve());
  await promise;
  socket.removeListener("data", read);
  if (!text.includes("\r\n\r\n")) return undefined;
  const [first = "", ...lines] = (text.split("\r\n\r\n")[0] ?? "").split("\r\n");
  const headers = lines.map((line) => {
    const [name = "", ...value] = line.split(":");
    return [name.toLowerCase(), value.join(":").trim()] as const;
  });
  return { path: first.split(" ")[1] ?? "", headers: Object.fromEntries(headers) };
}
