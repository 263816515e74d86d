import { connect, createServer, type Socket } from "node:net";

import { listen, readRequest, stop } from "./release-server.ts";

export interface ForwardProxy {
  readonly url: string;
  /** Where each request wanted to go, as it came: `mirror.example:443`, `http://mirror.example/…` */
  readonly targets: string[];
  readonly logins: (string | undefined)[];
  stop(): Promise<void>;
}

/** A proxy for which every host of the world is one port of loopback. `status` refuses instead. */
export async function startForwardProxy(options: {
  port: number;
  status?: number;
}): Promise<ForwardProxy> {
  const targets: string[] = [];
  const logins: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const serve = async (socket: Socket): Promise<void> => {
    track(sockets, socket);
    const request = await readRequest(socket);
    if (!request) return void socket.destroy();
    targets.push(request.path);
    logins.push(request.headers["proxy-authorization"]);
    if (options.status !== undefined) {
      return void socket.end(`HTTP/1.1 ${options.status} Test\r\nContent-Length: 0\r\n\r\n`);
    }
    const upstream = track(sockets, connect(options.port, "127.0.0.1"));
    if (URL.canParse(request.path) && request.path.startsWith("http")) {
      const { pathname } = new URL(request.path);
      const headers = Object.entries(request.headers).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      upstream.write(`GET ${pathname} HTTP/1.1\r\n${headers.join("")}\r\n`);
    } else {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
    }
    socket.pipe(upstream).pipe(socket);
  };
  const server = createServer((socket) => void serve(socket));
  const url = `http://127.0.0.1:${await listen(server)}`;
  return { url, targets, logins, stop: () => stop(server, sockets) };
}

function track(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket);
  return socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
}
