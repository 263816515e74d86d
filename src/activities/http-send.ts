import { communicationFailure } from "./http-failure.ts";
import type { HttpRequest } from "./http-request.ts";

const REDIRECTS_MAX = 10;
const CREDENTIALS = ["authorization", "proxy-authorization", "cookie"];

/** Sends the request; with `follow`, goes where redirects lead, without credentials once that is another origin. */
export async function sendFollowing(
  request: HttpRequest,
  follow: boolean,
  signal: AbortSignal,
): Promise<Response> {
  let current = request;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const response = await sendOnce(current, signal);
    const location = follow ? locationOf(response) : undefined;
    if (location === undefined) return response;
    await response.body?.cancel();
    current = redirected(current, response.status, location);
  }
  const detail = `${request.place} was redirected more than ${REDIRECTS_MAX} times`;
  throw communicationFailure(detail, undefined);
}

function sendOnce({ method, url, headers, body }: HttpRequest, signal: AbortSignal) {
  return fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal,
    redirect: "manual",
    // A task's time is limited by its document alone.
    timeout: false,
  });
}

function locationOf({ status, headers }: Response): string | undefined {
  const isRedirect = status >= 301 && status <= 308 && status !== 304;
  return isRedirect ? (headers.get("location") ?? undefined) : undefined;
}

function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = URL.parse(location, request.url.href);
  if (!url || !/^https?:$/.test(url.protocol)) {
    const detail = `${request.place} was redirected to "${location}", which is not an http or https URI`;
    throw communicationFailure(detail, undefined);
  }
  const headers = new Headers(request.headers);
  if (url.origin !== request.url.origin) for (const name of CREDENTIALS) headers.delete(name);
  const becomesGet = status === 303 || (status < 303 && request.method === "POST");
  if (!becomesGet || request.method === "HEAD") return { ...request, url, headers };
  for (const name of ["content-type", "idempotency-key"]) headers.delete(name);
  return { ...request, method: "GET", url, headers, body: undefined };
}
