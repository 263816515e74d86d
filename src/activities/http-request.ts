import { version } from "../base/build-info.ts";
import { isJsonObject } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import type { HttpActivityInput, HttpAuthentication } from "../schema/wire/http-activity.ts";
import { configurationFailure } from "./http-failure.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const SECRET_HEADERS = ["authorization", "proxy-authorization", "cookie"];

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | undefined;
  /** The request in a message: its method, origin and path, but no query and no credentials. */
  readonly place: string;
}

/** Repeated attempts carry the same `Idempotency-Key`, so that the other side can tell them from new requests. */
export function toHttpRequest(input: HttpActivityInput, idempotencyKey: string): HttpRequest {
  const method = input.method.toUpperCase();
  const url = parseUrl(input.uri);
  for (const [name, value] of Object.entries(input.query)) addQuery(url, name, value);
  const headers = parseHeaders(input.headers);
  if (!headers.has("user-agent")) headers.set("user-agent", `stigmer/${version}`);
  if (!SAFE_METHODS.has(method) && !headers.has("idempotency-key")) {
    headers.set("idempotency-key", idempotencyKey);
  }
  authenticate(headers, input.authentication ?? credentialsOf(url));
  const place = `${method} ${url.origin}${url.pathname}`;
  return { method, url, headers, body: encodeBody(method, headers, input.body), place };
}

/** What would let someone else act in our name never becomes data. */
export function withoutSecrets(headers: Headers): Record<string, string> {
  const shown = new Headers(headers);
  for (const name of SECRET_HEADERS) shown.delete(name);
  return Object.fromEntries(shown);
}

function parseUrl(uri: string): URL {
  const url = URL.parse(uri);
  if (!url) throw configurationFailure(`"${uri}" is not a URI`);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw configurationFailure(`"${uri}" is not an http or https URI`);
}

function addQuery(url: URL, name: string, value: JsonValue): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) addQuery(url, name, item);
    return;
  }
  url.searchParams.append(name, typeof value === "string" ? value : JSON.stringify(value));
}

function parseHeaders(values: HttpActivityInput["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) {
    try {
      headers.set(name, String(value));
    } catch {
      throw configurationFailure(
        `the header "${name}" has a name or value that HTTP does not allow`,
      );
    }
  }
  return headers;
}

/** Credentials within a URI (`https://user:password@host`) move into the header, out of sight. */
function credentialsOf(url: URL): HttpAuthentication | undefined {
  if (url.username === "") return undefined;
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  url.username = "";
  url.password = "";
  return { scheme: "basic", username: username ?? "", password: password ?? "" };
}

function authenticate(headers: Headers, authentication: HttpAuthentication | undefined): void {
  if (authentication?.scheme === "bearer") {
    headers.set("authorization", `Bearer ${authentication.token}`);
  }
  if (authentication?.scheme === "basic") {
    const { username, password } = authentication;
    const pair = Buffer.from(`${username}:${password}`).toString("base64");
    headers.set("authorization", `Basic ${pair}`);
  }
}

/** JSON unless the document names another content type: then text as it is, and a form from an object. */
function encodeBody(
  method: string,
  headers: Headers,
  body: JsonValue | undefined,
): string | undefined {
  if (body === undefined) return undefined;
  if (method === "GET" || method === "HEAD") {
    throw configurationFailure(`a ${method} request cannot have a body`);
  }
  const type = headers.get("content-type");
  if (type === null) headers.set("content-type", "application/json");
  if (type?.startsWith("application/x-www-form-urlencoded") && isJsonObject(body)) {
    const form = new URL("http://form");
    for (const [name, value] of Object.entries(body)) addQuery(form, name, value);
    return form.search.slice(1);
  }
  const isText = type !== null && !/\bjson\b/i.test(type) && typeof body === "string";
  return isText ? body : JSON.stringify(body);
}
