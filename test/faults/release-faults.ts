import type { Socket } from "node:net";

import { sha256Hex } from "../../src/base/sha256.ts";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answering {
  readonly socket: Socket;
  readonly request: SeenRequest;
  /** The file that was asked for. */
  readonly file: Uint8Array;
  /** Where another server listens, for redirects. */
  readonly elsewhere: string;
  /** Settles when the test says `release()`. */
  readonly released: Promise<void>;
}

type Fault = (answering: Answering) => Promise<void> | void;

const PAGE = "<!DOCTYPE html>\n<html><body>Please log in to the guest network</body></html>\n";
const TRICKLE_MS = 2;
/** What was written must reach the other side before the end does. */
const ARRIVAL_MS = 30;

/** What can go wrong, by the name that stands in the path: `/@reset,ok/v1.2.3/…` */
export const faults: Readonly<Record<string, Fault>> = {
  ok: (answering) => send(answering.socket, honest(answering)),
  /** Half of what was asked for, then the connection is cut. */
  reset: async (answering) => {
    await sendHalf(answering);
    answering.socket.destroy();
  },
  /** Half of it, then an orderly end. */
  cut: async (answering) => {
    await sendHalf(answering);
    answering.socket.end();
  },
  /** Half of it, then silence until the test goes on. */
  stall: async (answering) => {
    const rest = await sendHalf(answering);
    await answering.released;
    answering.socket.end(rest);
  },
  /** Not even a status line until the test goes on. */
  "slow-head": async (answering) => {
    await answering.released;
    send(answering.socket, honest(answering));
  },
  /** All of it, a few bytes at a time. */
  trickle: async (answering) => {
    const { status, headers, body } = honest(answering);
    answering.socket.write(head(status, headers));
    const piece = Math.max(1, Math.ceil(body.length / 40));
    for (let sent = 0; sent < body.length && !answering.socket.destroyed; sent += piece) {
      answering.socket.write(body.subarray(sent, sent + piece));
      await Bun.sleep(TRICKLE_MS);
    }
    answering.socket.end();
  },
  "length-short": ({ socket, file }) => send(socket, whole(file.subarray(0, file.length - 7))),
  "length-long": ({ socket, file }) => send(socket, whole(Buffer.concat([file, file]))),
  /** No length at all, and more than was promised. */
  endless: async ({ socket, file }) => {
    socket.write(head(200, {}));
    while (!socket.destroyed) {
      socket.write(file);
      await Bun.sleep(TRICKLE_MS);
    }
  },
  "no-range": ({ socket, file }) => send(socket, whole(file)),
  "range-off-by-one": (answering) => {
    const answer = honest(answering);
    const range = answer.headers["Content-Range"]?.replace(/\d+/, (from) =>
      String(Number(from) + 1),
    );
    send(answering.socket, {
      ...answer,
      ...(range && { headers: { ...answer.headers, "Content-Range": range } }),
    });
  },
  /** The file was replaced on the server since. */
  "new-etag": ({ socket, file }) => send(socket, whole(file, '"another"')),
  /** Continues although the file was replaced, and says so. */
  "new-etag-206": (answering) => {
    const answer = honest(answering);
    send(answering.socket, { ...answer, headers: { ...answer.headers, ETag: '"another"' } });
  },
  "weak-etag": async (answering) => {
    const { headers, body } = whole(answering.file, 'W/"weak"');
    answering.socket.write(head(200, headers));
    answering.socket.write(body.subarray(0, body.length / 2), () => answering.socket.destroy());
  },
  /** A server without ETags, as most file servers are: the connection breaks once, then the rest comes. */
  dated: async (answering) => {
    const { status, headers, body } = datedReply(answering);
    answering.socket.write(head(status, headers));
    if (status === 206) {
      answering.socket.end(body);
    } else {
      answering.socket.write(body.subarray(0, body.length / 2));
      await Bun.sleep(ARRIVAL_MS);
      answering.socket.destroy();
    }
  },
  416: (answering) =>
    answering.request.headers["range"]
      ? send(answering.socket, {
          status: 416,
          headers: { "Content-Range": `bytes */${answering.file.length}` },
          body: Buffer.alloc(0),
        })
      : send(answering.socket, honest(answering)),
  gzip: ({ socket, file }) => {
    const body = Bun.gzipSync(Uint8Array.from(file));
    send(socket, {
      status: 200,
      headers: {
        "Content-Encoding": "gzip",
        "Content-Length": String(body.length),
        ETag: '"zipped"',
      },
      body,
    });
  },
  /** The right size, another content. A `.sha256` asked for in this way agrees with it. */
  flipped: ({ socket, file, request }) =>
    send(socket, whole(request.path.endsWith(".sha256") ? forgedSum(file) : flip(file))),
  loop: ({ socket, request }) => redirect(socket, request.path),
  "to-elsewhere": ({ socket, elsewhere, request }) =>
    redirect(socket, elsewhere + cleanPath(request.path)),
  "to-http": ({ socket, request }) =>
    redirect(socket, `http://mirror.example${cleanPath(request.path)}`),
  "to-file": ({ socket }) => redirect(socket, "file:///etc/hostname"),
  "to-nowhere": ({ socket }) => send(socket, { status: 302, headers: {}, body: Buffer.alloc(0) }),
  portal: ({ socket }) =>
    send(socket, {
      ...whole(Buffer.from(PAGE)),
      headers: {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": String(PAGE.length),
      },
    }),
  /** A page that does not say that it is one. */
  "portal-plain": ({ socket }) => {
    socket.write(head(200, {}));
    socket.end(PAGE);
  },
  garbage: ({ socket }) => void socket.end("EHLO mirror\r\n\r\n"),
};

/** A status in the place of a name: `/@503/…`, or `/@429:2/…` with `Retry-After: 2`. */
export function statusFault(name: string): Fault | undefined {
  const [, status, retryAfter] = /^(\d{3})(?::(.+))?$/.exec(name) ?? [];
  if (status === undefined) return undefined;
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return ({ socket }) =>
    send(socket, {
      status: Number(status),
      headers: { ...headers, "Content-Length": "5" },
      body: Buffer.from("sorry"),
    });
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a good server answers: the whole file, or the part that was asked for of this very file. */
function honest({ file, request }: Answering): Reply {
  const etag = etagOf(file);
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers["range"] ?? "") ?? [];
  const validator = request.headers["if-range"];
  if (from === undefined || (validator !== undefined && validator !== etag)) return whole(file);
  const body = file.subarray(Number(from));
  const range = `bytes ${from}-${file.length - 1}/${file.length}`;
  return { status: 206, headers: { ...lengthAndTag(body, etag), "Content-Range": range }, body };
}

/** The same without an ETag: the date of the last change tells one file from another. */
function datedReply({ file, request }: Answering): Reply {
  const changed = "Sat, 21 Nov 2026 12:00:00 GMT";
  const dates = { "Last-Modified": changed, Date: "Sun, 22 Nov 2026 12:00:00 GMT" };
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers["range"] ?? "") ?? [];
  const isPart = from !== undefined && request.headers["if-range"] === changed;
  const body = isPart ? file.subarray(Number(from)) : file;
  const range = { "Content-Range": `bytes ${from}-${file.length - 1}/${file.length}` };
  const length = { "Content-Length": String(body.length) };
  return {
    status: isPart ? 206 : 200,
    headers: { ...dates, ...length, ...(isPart && range) },
    body,
  };
}

function whole(file: Uint8Array, etag = etagOf(file)): Reply {
  return { status: 200, headers: lengthAndTag(file, etag), body: file };
}

function lengthAndTag(body: Uint8Array, etag: string): Record<string, string> {
  return {
    "Content-Type": "application/octet-stream",
    "Content-Length": String(body.length),
    ETag: etag,
  };
}

function etagOf(file: Uint8Array): string {
  return `"${sha256Hex(file).slice(0, 16)}"`;
}

/** Returns what is left. */
async function sendHalf(answering: Answering): Promise<Uint8Array> {
  const { status, headers, body } = honest(answering);
  const middle = Math.floor(body.length / 2);
  answering.socket.write(head(status, headers));
  const { promise, resolve } = Promise.withResolvers<void>();
  answering.socket.write(body.subarray(0, middle), () => resolve());
  await promise;
  await Bun.sleep(ARRIVAL_MS);
  return body.subarray(middle);
}

function send(socket: Socket, { status, headers, body }: Reply): void {
  socket.write(head(status, headers));
  socket.end(body);
}

function redirect(socket: Socket, location: string): void {
  send(socket, {
    status: 302,
    headers: { Location: location, "Content-Length": "0" },
    body: Buffer.alloc(0),
  });
}

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, Connection: "close" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} Test\r\n${lines.join("")}\r\n`;
}

function flip(file: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(file);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

function forgedSum(sum: Uint8Array): Uint8Array {
  const [, name = ""] = Buffer.from(sum).toString().split("  ");
  return Buffer.from(`${"f".repeat(64)}  ${name}`);
}

export function cleanPath(path: string): string {
  return path.replace(/^\/@[^/]+/, "");
}
