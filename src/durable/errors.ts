import { z } from "zod";

/** A failure as data: Problem Details (RFC 9457). `type` is a URI, `status` an HTTP status, `instance` a JSON Pointer. */
export const RunError = z.strictObject({
  type: z.string(),
  status: z.int(),
  title: z.string().optional(),
  detail: z.string().optional(),
  instance: z.string().optional(),
});
export type RunError = z.infer<typeof RunError>;

/**
 * An activity answered "no": the program is told. With `isRetryable` the command's retry policy, if it has one, is
 * spent first; `retryAfterMs` is the least delay the other side asked for.
 */
export class ActivityFailure extends Error {
  override readonly name = "ActivityFailure";
  readonly error: RunError;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(error: RunError, options: { isRetryable?: boolean; retryAfterMs?: number } = {}) {
    super(error.detail ?? error.title ?? error.type);
    this.error = error;
    this.isRetryable = options.isRetryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The part that runs the activity can't be reached: nobody's answer, so it is tried again. */
export class ActivityUnavailable extends Error {
  override readonly name = "ActivityUnavailable";
  /** It was reached, and went away while it ran the activity: perhaps because of it. */
  readonly isCut: boolean;

  constructor(message: string, options: ErrorOptions & { isCut?: boolean } = {}) {
    super(message, options);
    this.isCut = options.isCut ?? false;
  }
}
