import { lookup } from "node:dns/promises";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";

import { formatDurationMs } from "../../base/duration.ts";
import { messageOf } from "../../base/errors.ts";
import { ToolRefusal } from "./tool.ts";

const REDIRECTS_MAX = 5;
const HEADERS = {
  accept: "text/html, text/*, application/json, */*;q=0.5",
  "accept-encoding": "identity",
  "user-agent": "stigmer (agent tool fetch_url)",
};

export interface PageRequest {
  readonly bytesMax: number;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
  /** Whether the tool may connect to an IP address. */
  readonly isAllowed: (address: string, port: number) => boolean;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly isCut: boolean;
}

/** Gets a page. Every connection, that of a redirect too, goes to an address that was checked after it was resolved. */
export async function fetchPage(address: string, asked: PageRequest): Promise<Page> {
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(asked.timeLimitMs)]);
  let url = requireHttp(address);
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const response = await send(url, asked, signal).catch((error: unknown) => {
      throw explain(error, url, asked);
    });
    const target = redirectOf(response, url);
    if (!target)
      return readPage(url, response, asked).catch((error: unknown) => {
        throw explain(error, url, asked);
      });
    response.destroy();
    url = requireHttp(target);
  }
  throw new ToolRefusal(`${address} redirects more than ${REDIRECTS_MAX} times.`);
}

function requireHttp(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new ToolRefusal(`"${address}" is not an http or https address.`);
}

async function send(url: URL, asked: PageRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const check = (address: string) => {
    if (asked.isAllowed(address, port)) return;
    throw new ToolRefusal(
      `${url.host} is not on the public internet (${address}): it can't be fetched.`,
    );
  };
  if (isIP(host)) check(host);
  const pinned = isIP(host) ? undefined : await resolve(host, check);
  const options = { headers: HEADERS, signal, agent: false, ...(pinned && { lookup: pinned }) };
  const start = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((settle, reject) => {
    const outgoing: ClientRequest = start(url, options, (response) => {
      // Whoever reads hears of an error too; one that comes after that must not end the process.
      response.on("error", () => {});
      settle(response);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Looks the name up once, checks every answer, and lets the connection use these answers only. */
async function resolve(host: string, check: (address: string) => void): Promise<LookupFunction> {
  const addresses = await lookup(host, { all: true });
  for (const { address } of addresses) check(address);
  const [first] = addresses;
  if (!first) throw new ToolRefusal(`${host} has no address.`);
  return (_host, options, done) => {
    if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  };
}

function redirectOf(response: IncomingMessage, url: URL): string | undefined {
  const { statusCode = 0, headers } = response;
  const { location } = headers;
  if (statusCode < 300 || statusCode >= 400 || location === undefined) return undefined;
  return URL.canParse(location, url.href) ? new URL(location, url).href : location;
}

async function readPage(url: URL, response: IncomingMessage, asked: PageRequest): Promise<Page> {
  const encoding = response.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new ToolRefusal(
      `${url.href} answered in the encoding "${encoding}", which was not asked for.`,
    );
  }
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece = Buffer.from(chunk);
    kept.push(piece.subarray(0, asked.bytesMax - bytes));
    bytes += piece.length;
    if (bytes > asked.bytesMax) break;
  }
  response.destroy();
  return {
    url: url.href,
    status: response.statusCode ?? 0,
    contentType: response.headers["content-type"] ?? "",
    body: Buffer.concat(kept),
    isCut: bytes > asked.bytesMax,
  };
}

function explain(error: unknown, url: URL, asked: PageRequest): unknown {
  if (asked.signal.aborted) return asked.signal.reason;
  if (error instanceof ToolRefusal) return error;
  const isTimeout = error instanceof Error && /Timeout|Abort/.test(error.name);
  return new ToolRefusal(
    isTimeout
      ? `${url.href} did not answer within ${formatDurationMs(asked.timeLimitMs)}.`
      : `${url.href} can't be fetched: ${messageOf(error)}.`,
  );
}
