import { messageOf, StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Problem } from "../schema/api/problem.ts";

type Code = Problem["code"];

const STATUS: Record<Code, number> = {
  invalid_input: 400,
  not_permitted: 403,
  not_found: 404,
  conflict: 409,
  failed: 500,
  unavailable: 503,
};

/** The one place where an error becomes an answer. What nobody expected stays in the log. */
export function toProblemResponse(error: unknown, log: Log): Response {
  const known = error instanceof StigmerError ? error : undefined;
  if (!known) logUnexpected(error, log);
  const code = codeOf(known);
  const status = STATUS[code];
  const problem: Problem = {
    type: "about:blank",
    title: code.replaceAll("_", " "),
    status,
    code,
    detail: known?.message ?? "the workflow-runner stopped on a bug; see its log",
    ...(known?.hint !== undefined && { hint: known.hint }),
    ...(known && known.issues.length > 0 && { errors: known.issues.map(toProblemIssue) }),
  };
  return Response.json(problem, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

function logUnexpected(error: unknown, log: Log): void {
  const stack = error instanceof Error ? error.stack : undefined;
  log.error(`a request failed unexpectedly: ${messageOf(error)}`, { stack });
}

function codeOf(error: StigmerError | undefined): Code {
  if (!error || error.code === "checksum_mismatch") return "failed";
  return error.code === "usage" ? "invalid_input" : error.code;
}

function toProblemIssue({
  pointer,
  message,
  expected,
  got,
  suggestion,
}: StigmerError["issues"][0]) {
  return {
    pointer,
    detail: message,
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
    ...(suggestion !== undefined && { suggestion }),
  };
}
