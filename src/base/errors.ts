/** What kind of failure it is; stable, shown to programs as `code` and mapped to one exit status. */
export type ErrorCode =
  | "invalid_input"
  | "usage"
  | "not_found"
  | "not_permitted"
  | "unavailable"
  | "conflict"
  | "checksum_mismatch"
  | "failed";

/** One place in the input that is wrong. `pointer` is a JSON Pointer (RFC 6901); lines and columns count from 1. */
export interface InputIssue {
  readonly message: string;
  readonly pointer: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly expected?: string;
  readonly got?: string;
  readonly suggestion?: string;
}

/**
 * Every failure that a user can cause or mend. `message` starts in lower case, has no full stop and quotes the
 * culprit; `hint` says what to do; `issues` lists each wrong place when a document is bad.
 */
export class StigmerError extends Error {
  override readonly name = "StigmerError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly issues: readonly InputIssue[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; cause?: unknown; issues?: readonly InputIssue[] } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.issues = options.issues ?? [];
  }
}

/** The process exit status of each code: 1 failed, 2 wrong usage, 3 not found, 4 not permitted, 5 not reachable. */
export const exitStatus: Record<ErrorCode, number> = {
  invalid_input: 2,
  usage: 2,
  not_found: 3,
  not_permitted: 4,
  unavailable: 5,
  conflict: 1,
  checksum_mismatch: 1,
  failed: 1,
};

/** What Bun tells programmers at the end of a failure of `fetch`. */
const ADVICE =
  / ?For more information, pass `verbose: true` in the second argument to fetch\(\)\.?/;

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(ADVICE, "") : String(error);
}

/** The operating system's code of an error (`ENOENT`, `EACCES`, …), if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return undefined;
}
