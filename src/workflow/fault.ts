import type { RunError } from "../durable/errors.ts";

/** What can go wrong by the specification, with the status it has when nothing better is known. */
const STATUS = {
  configuration: 400,
  validation: 400,
  expression: 400,
  authentication: 401,
  authorization: 403,
  timeout: 408,
  communication: 500,
  runtime: 500,
} as const;
export type FaultKind = keyof typeof STATUS;

const TITLES: Record<FaultKind, string> = {
  configuration: "Configuration Error",
  validation: "Validation Error",
  expression: "Expression Error",
  authentication: "Authentication Error",
  authorization: "Authorization Error",
  timeout: "Timeout",
  communication: "Communication Error",
  runtime: "Runtime Error",
};

const STANDARD = "https://serverlessworkflow.io/spec/1.0.0/errors/";

/** Thrown through tasks until a `catch` takes it or the run fails with it. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly error: RunError;

  constructor(error: RunError) {
    super(error.detail ?? error.title ?? error.type);
    this.error = error;
  }
}

/** One of the standard errors. `instance` points at the task in the document that failed. */
export function standardFault(kind: FaultKind, detail: string, instance: string): Fault {
  const error = { type: `${STANDARD}${kind}`, status: STATUS[kind], title: TITLES[kind] };
  return new Fault({ ...error, detail, instance });
}

const STANDARD_FORMS =
  /^https:\/\/(?:serverlessworkflow\.io|open-workflow-specification\.org)\/(?:spec\/1\.0\.0\/errors|dsl\/errors\/types)\/([^/]+)$/;

/** The specification moved its error types twice: all four forms of a standard type are the same type. */
export function isSameType(one: string, other: string): boolean {
  return one === other || normal(one) === normal(other);
}

function normal(type: string): string {
  const [, kind] = STANDARD_FORMS.exec(type) ?? [];
  return kind === undefined ? type : `${STANDARD}${kind}`;
}
