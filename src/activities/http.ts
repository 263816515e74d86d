import { messageOf } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { ActivityContext, ActivityHandler } from "../durable/backend.ts";
import { ActivityFailure } from "../durable/errors.ts";
import { HttpActivityInput } from "../schema/wire/http-activity.ts";
import { readBytes, toContent } from "./http-body.ts";
import { communicationFailure, configurationFailure } from "./http-failure.ts";
import { toHttpRequest, withoutSecrets } from "./http-request.ts";
import type { HttpRequest } from "./http-request.ts";
import { sendFollowing } from "./http-send.ts";

/** What of an error's body goes into its detail. */
const EXCERPT_CHARACTERS_MAX = 500;

/** The effect of `call: http`. Any status outside of 2xx is a failure (with `redirect`, outside of 2xx and 3xx). */
export const callHttp: ActivityHandler = async (input, context) => {
  const parsed = HttpActivityInput.safeParse(input);
  if (!parsed.success) throw configurationFailure(parsed.error);
  const request = toHttpRequest(parsed.data, context.idempotencyKey);
  const response = await send(request, parsed.data.redirect, context);
  const bytes = await readBytes(response, request.place);
  if (!isExpected(response, parsed.data.redirect)) throw statusFailure(request, response, bytes);
  return toOutput(parsed.data, request, response, bytes);
};

async function send(
  request: HttpRequest,
  redirect: boolean,
  { signal }: ActivityContext,
): Promise<Response> {
  try {
    return await sendFollowing(request, redirect, signal);
  } catch (error) {
    if (error instanceof ActivityFailure) throw error;
    throw communicationFailure(`${request.place} failed: ${messageOf(error)}`, error);
  }
}

function isExpected({ status }: Response, redirect: boolean): boolean {
  return status >= 200 && status < (redirect ? 400 : 300);
}

function toOutput(
  { output }: HttpActivityInput,
  request: HttpRequest,
  response: Response,
  bytes: Uint8Array,
): JsonValue {
  if (output === "raw") return Buffer.from(bytes).toString("base64");
  const content = toContent(response, bytes, request.place);
  if (output === "content") return content;
  const { method, url, headers } = request;
  return {
    request: { method, uri: url.href, headers: withoutSecrets(headers) },
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content,
  };
}

function statusFailure(
  { place }: HttpRequest,
  { status, statusText, headers }: Response,
  bytes: Uint8Array,
): ActivityFailure {
  const answer = Buffer.from(bytes).toString().trim().slice(0, EXCERPT_CHARACTERS_MAX);
  const said = answer === "" ? "" : `: ${answer}`;
  return communicationFailure(`${place} answered ${status}${said}`, undefined, {
    status,
    title: statusText,
    retryAfter: headers.get("retry-after"),
  });
}
