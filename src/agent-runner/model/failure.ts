import { ActivityFailure } from "../../durable/errors.ts";

const TYPE = "https://stigmer.ai/errors/model";

/** A model step that failed. `status` is the provider's, or the nearest one when it never answered. */
export function modelFailure(
  status: number,
  detail: string,
  options: { isRetryable?: boolean; retryAfterMs?: number } = {},
): ActivityFailure {
  return new ActivityFailure({ type: TYPE, status, title: "Model step failed", detail }, options);
}
