import type { Context } from "hono";
import { z } from "zod";

import { StigmerError } from "../base/errors.ts";
import { parseInput } from "../schema/parse-input.ts";
import { HttpError } from "./http-error.ts";
import { readJsonBody } from "./json-body.ts";

/** What the listener says of a request beside the request. */
export interface Connection {
  /** It came over the socket that only this user can open. */
  readonly isTrusted: boolean;
  /** Takes the time limit for silence off this request. */
  readonly keepOpen?: () => void;
}
export type ServerContext = Context<{ Bindings: Connection; Variables: { requestId: string } }>;

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Answers in other forms than JSON, by media type. */
  readonly other?: Readonly<Record<string, string>>;
}

/** What a route takes and answers: the one source of its checks and of its documentation. */
export interface RouteSpec<Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: "get" | "put" | "post" | "delete";
  /** As OpenAPI writes it: `/v1/agents/{name}`. */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Query parameters; others are refused. */
  readonly query: Q;
  readonly body: B;
  /** Request headers that change what the route does, and how. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** `open`: readable without a token, because it holds no data. `internal`: for other parts, over the socket only. */
  readonly access?: "open" | "internal";
}

export interface RouteRequest<Q extends z.ZodObject, B extends z.ZodType> {
  readonly query: z.infer<Q>;
  readonly body: z.infer<B>;
  readonly raw: Request;
  /** A part of the path, decoded. */
  readonly param: (name: string) => string;
  readonly header: (name: string) => string | undefined;
  readonly keepOpen: () => void;
}

export interface Route {
  readonly spec: RouteSpec<z.ZodObject, z.ZodType>;
  answer(context: ServerContext): Promise<Response>;
}

export const NoQuery = z.strictObject({});
export const NoBody = z.undefined();

/** Ties a description to the function that fulfils it. */
export function defineRoute<Q extends z.ZodObject, B extends z.ZodType>(
  spec: RouteSpec<Q, B>,
  handle: (request: RouteRequest<Q, B>) => Promise<Response> | Response,
): Route {
  return {
    spec,
    answer: async (context) =>
      handle({
        query: parseQuery(spec.query, context.req.query()),
        body: await parseBody(spec.body, context.req.raw),
        raw: context.req.raw,
        param: (name) => context.req.param(name) ?? "",
        header: (name) => context.req.header(name),
        keepOpen: () => context.env.keepOpen?.(),
      }),
  };
}

/** A query that is wrong is a wrong address (400), not wrong data (422). */
function parseQuery<Q extends z.ZodObject>(schema: Q, query: Record<string, string>): z.infer<Q> {
  try {
    return parseInput(schema, query, { what: "the query" });
  } catch (error) {
    if (!(error instanceof StigmerError)) throw error;
    throw new HttpError(400, "invalid_input", error.message, { issues: error.issues });
  }
}

async function parseBody<B extends z.ZodType>(schema: B, request: Request): Promise<z.infer<B>> {
  const value = schema instanceof z.ZodUndefined ? undefined : await readJsonBody(request);
  return parseInput(schema, value, { what: "the request body" });
}
