import { messageOf } from "../base/errors.ts";
import type { ActivityHandler } from "../durable/backend.ts";
import { ActivityFailure, ActivityUnavailable } from "../durable/errors.ts";
import { Problem } from "../schema/api/problem.ts";
import { ResolveRequest, ResolveResponse } from "../schema/wire/server.ts";

const ERRORS = "https://serverlessworkflow.io/spec/1.0.0/errors";

/** Asks the server, over its unix socket, for a resource's spec as it is now. The journal keeps the answer. */
export function resolveActivity(socket: string): ActivityHandler {
  return async (input, { signal }) => {
    const request = ResolveRequest.parse(input);
    const response = await post(socket, request, signal);
    const text = await response.text().catch((error: unknown) => {
      throw new ActivityUnavailable(`the server's answer was cut: ${messageOf(error)}`);
    });
    if (response.ok) return ResolveResponse.parse(JSON.parse(text)).definition;
    if (response.status >= 500) throw new ActivityUnavailable(`the server answered: ${text}`);
    throw new ActivityFailure({
      type: `${ERRORS}/configuration`,
      status: response.status,
      title: "resource not found",
      detail: detailOf(text) ?? `there is no ${request.kind} "${request.name}"`,
    });
  };
}

async function post(
  socket: string,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch("http://server/internal/resolve", {
      unix: socket,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal,
    });
  } catch (error) {
    throw new ActivityUnavailable(`the server cannot be reached: ${messageOf(error)}`);
  }
}

function detailOf(text: string): string | undefined {
  try {
    const { detail, title } = Problem.parse(JSON.parse(text));
    return detail ?? title;
  } catch {
    return undefined;
  }
}
