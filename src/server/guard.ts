import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

import { HttpError } from "./http-error.ts";

export interface GuardOptions {
  readonly token: string;
  /** The address that the server listens on. */
  readonly listen: string;
}

/** What a request must have before anything of it is looked at. Throws what is missing. */
export type Guard = (request: Request, options: { isOpen: boolean }) => void;

/**
 * Three checks, for three attackers: a name that resolves to this machine (DNS rebinding), a page of another site (CSRF),
 * and whoever can reach the port.
 */
export function createGuard({ token, listen }: GuardOptions): Guard {
  const expected = digest(token);
  const isKnownHost = hostCheck(listen);
  return (request, { isOpen }) => {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    if (!isKnownHost(nameOf(host))) throw unknownHost(host);
    refuseOtherOrigin(request.headers.get("origin"), host);
    if (!isOpen && !hasToken(request.headers.get("authorization"), expected)) throw noToken();
  };
}

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "::1"]);
const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** A server on every address can't know its names; an address in place of a name was never resolved by anyone. */
function hostCheck(listen: string): (name: string) => boolean {
  const own = listen.toLowerCase();
  const isEverywhere = EVERY_ADDRESS.has(own);
  return (name) => LOOPBACK_NAMES.has(name) || name === own || (isEverywhere && isIP(name) !== 0);
}

/** Whether only this machine can call a server that listens there. */
export function isLoopback(listen: string): boolean {
  return LOOPBACK_NAMES.has(listen.toLowerCase()) || /^127(\.\d+){3}$/.test(listen);
}

/** `localhost:7234` → `localhost`, `[::1]:7234` → `::1`. */
function nameOf(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? "").toLowerCase();
}

function refuseOtherOrigin(origin: string | null, host: string): void {
  if (origin === null || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new HttpError(
    403,
    "not_permitted",
    `a page of ${JSON.stringify(origin)} may not call this server`,
    {
      hint: "call the server from a program, or from a page that it serves itself",
    },
  );
}

function hasToken(authorization: string | null, expected: Buffer): boolean {
  const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
  // Digests have one length, so that the comparison tells nothing of the token, not even how long it is.
  return given !== undefined && timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function unknownHost(host: string): HttpError {
  return new HttpError(421, "not_permitted", `this server is not ${JSON.stringify(host)}`, {
    hint: "call it as localhost or by the address that it listens on (`stigmer server --listen`)",
  });
}

function noToken(): HttpError {
  return new HttpError(401, "not_permitted", "the request has no valid token", {
    hint: "send the header authorization: Bearer <the text of the file `token` in STIGMER_HOME>",
    headers: { "www-authenticate": 'Bearer realm="stigmer"' },
  });
}
