import { type ErrorCode, type InputIssue, type StigmerError } from "../base/errors.ts";
import type { Problem } from "../schema/api/problem.ts";
import { HttpError } from "./http-error.ts";

const MEDIA_TYPE = "application/problem+json";

const statusOf: Record<ErrorCode, number> = {
  invalid_input: 422,
  usage: 400,
  not_found: 404,
  not_permitted: 403,
  unavailable: 503,
  conflict: 409,
  checksum_mismatch: 500,
  failed: 500,
};

const publicCode: Record<ErrorCode, Problem["code"]> = {
  invalid_input: "invalid_input",
  usage: "invalid_input",
  not_found: "not_found",
  not_permitted: "not_permitted",
  unavailable: "unavailable",
  conflict: "conflict",
  checksum_mismatch: "failed",
  failed: "failed",
};

const titles: Record<Problem["code"], string> = {
  invalid_input: "the request is not valid",
  not_found: "there is no such thing",
  not_permitted: "the request is not permitted",
  unavailable: "a part of the server can't be reached",
  conflict: "the request does not fit what is there",
  failed: "the server failed",
};

/** The answer to a request that a user can mend. */
export function problemOf(error: StigmerError, instance: string): Response {
  const code = publicCode[error.code];
  const problem: Problem = {
    type: `https://stigmer.ai/problems/${code}`,
    title: titles[code],
    status: error instanceof HttpError ? error.status : statusOf[error.code],
    detail: error.message,
    instance,
    code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.issues.length === 0 ? {} : { errors: error.issues.map(toDetail) }),
  };
  return respond(problem, error instanceof HttpError ? error.headers : {});
}

/** The answer to a bug: what happened stays in the log, under the id of the request. */
export function internalProblem(requestId: string, instance: string): Response {
  return respond({
    type: "https://stigmer.ai/problems/failed",
    title: titles.failed,
    status: 500,
    detail: `the server failed; its log tells more under request ${requestId}`,
    instance,
    code: "failed",
    hint: "see `stigmer server logs`",
  });
}

function respond(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { ...headers, "content-type": MEDIA_TYPE },
  });
}

function toDetail({ pointer, message, expected, got, suggestion }: InputIssue) {
  return {
    pointer,
    detail: message,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
