import { STATUS_CODES } from "node:http";

import { z } from "zod";

import { ActivityFailure } from "../durable/errors.ts";

const ERRORS = "https://serverlessworkflow.io/spec/1.0.0/errors";

interface Answer {
  readonly status: number;
  readonly title: string;
  readonly retryAfter: string | null;
}

/** The other side said no, or nothing that could be understood. Without an answer the status is 500. */
export function communicationFailure(
  detail: string,
  cause: unknown,
  answer?: Answer,
): ActivityFailure {
  const { status = 500, title = "Communication Error", retryAfter = null } = answer ?? {};
  const retryAfterMs = parseRetryAfterMs(retryAfter);
  const error = {
    type: `${ERRORS}/communication`,
    status,
    title: title || reasonOf(status),
    detail,
  };
  const failure = new ActivityFailure(error, {
    isRetryable: !answer || isPassing(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  failure.cause = cause;
  return failure;
}

/** HTTP/2 has no words for a status, and many servers leave them out. */
function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? `Status ${status}`;
}

/** The request itself makes no sense. */
export function configurationFailure(reason: string | z.ZodError): ActivityFailure {
  const detail = reason instanceof z.ZodError ? z.prettifyError(reason) : reason;
  const title = "Configuration Error";
  return new ActivityFailure({ type: `${ERRORS}/configuration`, status: 400, title, detail });
}

/** Statuses that may be another one next time. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Only the form in seconds: the form with a date needs the other side's clock. */
function parseRetryAfterMs(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}
