import type { z } from "zod";

import { type InputIssue, messageOf, StigmerError } from "../base/errors.ts";
import { Problem } from "../schema/api/problem.ts";

/** Reading is quick or broken; a write waits for the disk. */
const READ_MAX_MS = 5_000;
const WRITE_MAX_MS = 30_000;
const UNAUTHORIZED = 401;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ServerPlace {
  readonly url: string;
  readonly token?: string | undefined;
}

export interface ConnectionOptions extends ServerPlace {
  /** What to do when nobody is there. */
  readonly absenceHint?: string | undefined;
  readonly fetch?: Fetch | undefined;
  /** Asked for before each try once the server was lost; undefined while it is away: then nothing is sent. */
  readonly locate?: (() => ServerPlace | undefined) | undefined;
}

export interface RequestOptions {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** One server: sends requests and turns what goes wrong into a `StigmerError`. */
export interface ServerConnection {
  readonly url: string;
  /** The answer as it came, whatever its status. Its body may go on for ever. */
  readonly send: (path: string, options?: RequestOptions) => Promise<Response>;
  /** The answer, which must be a good one, parsed. */
  readonly ask: <S extends z.ZodType>(
    schema: S,
    path: string,
    options?: RequestOptions,
  ) => Promise<z.infer<S>>;
  /** Told when a stream broke: whoever listens at the old place next may be somebody else. */
  readonly lost: () => void;
}

export function openConnection(options: ConnectionOptions): ServerConnection {
  const { locate } = options;
  let place: ServerPlace = options;
  let isLost = false;
  const reach = async (path: string, request: RequestOptions): Promise<Response> => {
    if (isLost && locate) {
      const found = locate();
      if (!found) throw unreachable(place.url, undefined, options.absenceHint);
      place = found;
    }
    try {
      const response = await send({ ...options, ...place }, path, request);
      isLost = false;
      return response;
    } catch (error) {
      isLost = true;
      throw error;
    }
  };
  return {
    get url() {
      return place.url;
    },
    send: (path, request = {}) => reach(path, request),
    ask: async (schema, path, request = {}) => {
      const response = await reach(path, request);
      if (!response.ok) throw await toError(place.url, response);
      return parseAnswer(place.url, schema, response);
    },
    lost: () => {
      isLost = true;
    },
  };
}

async function send(
  { url, token, fetch: given = fetch, absenceHint }: ConnectionOptions,
  path: string,
  request: RequestOptions,
): Promise<Response> {
  const { signal } = request;
  const limitMs = request.method === undefined ? READ_MAX_MS : WRITE_MAX_MS;
  // Only until the answer begins: a stream of events has no limit.
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort(), limitMs);
  try {
    return await given(`${url}${path}${toQuery(request.query)}`, {
      ...toInit(request, token),
      signal: signal ? AbortSignal.any([signal, overtime.signal]) : overtime.signal,
      // The token goes to the server that was meant, and to no other.
      redirect: "error",
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw overtime.signal.aborted ? silent(url, limitMs) : unreachable(url, cause, absenceHint);
  } finally {
    clearTimeout(timer);
  }
}

function toInit(
  { method = "GET", body, headers }: RequestOptions,
  token: string | undefined,
): RequestInit {
  const given = {
    accept: "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  };
  if (body === undefined) return { method, headers: given };
  const text = JSON.stringify(body);
  return { method, headers: { ...given, "content-type": "application/json" }, body: text };
}

function toQuery(query: RequestOptions["query"] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    given.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}

function unreachable(
  url: string,
  cause: unknown,
  hint = 'start it with "stigmer server"',
): StigmerError {
  return new StigmerError("unavailable", `no stigmer server at ${url}`, {
    hint,
    cause,
  });
}

function silent(url: string, limitMs: number): StigmerError {
  return new StigmerError(
    "unavailable",
    `the server at ${url} did not answer within ${limitMs / 1_000} s`,
    { hint: 'see "stigmer server status" and "stigmer server logs"' },
  );
}

function askForToken(url: string): string {
  return `set STIGMER_TOKEN to what the file "token" holds in the home of the server at ${url}`;
}

/** The error that a bad answer stands for. */
export async function toError(url: string, response: Response): Promise<StigmerError> {
  const text = await response.text().catch(() => "");
  const problem = Problem.safeParse(parsed(text));
  if (!problem.success) {
    return new StigmerError("failed", `${url} answered ${response.status} and no reason`, {
      hint: "is it a stigmer server? See the setting server.port, --server and STIGMER_SERVER_URL",
    });
  }
  const { code, detail, title, errors = [] } = problem.data;
  // The server speaks of headers; whoever is here can set a variable.
  const hint = response.status === UNAUTHORIZED ? askForToken(url) : problem.data.hint;
  return new StigmerError(code, detail ?? title, { hint, issues: errors.map(toIssue) });
}

function toIssue({
  detail: message,
  pointer,
  expected,
  got,
  suggestion,
}: NonNullable<Problem["errors"]>[number]): InputIssue {
  return {
    message,
    pointer,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

async function parseAnswer<S extends z.ZodType>(
  url: string,
  schema: S,
  response: Response,
): Promise<z.infer<S>> {
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  const result = schema.safeParse(parsed(text));
  if (result.success) return result.data;
  throw new StigmerError(
    "failed",
    `the answer of ${url} is not understood: ${messageOf(result.error)}`,
    {
      hint: "the server may be of another version: restart it with `stigmer server restart`",
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
