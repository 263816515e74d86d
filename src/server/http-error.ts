import { type ErrorCode, type InputIssue, StigmerError } from "../base/errors.ts";

/** An error whose HTTP status says more than its code does, such as 412 or 413. */
export class HttpError extends StigmerError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    options: {
      hint?: string | undefined;
      issues?: readonly InputIssue[];
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
