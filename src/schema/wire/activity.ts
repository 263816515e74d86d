import { z } from "zod";

import { Json } from "../../base/json.ts";
import { RunError } from "../../durable/errors.ts";

/** Body of `POST /activities/{name}` between parts. */
export const ActivityRequest = z.strictObject({
  input: Json,
  runId: z.string(),
  commandId: z.string(),
  idempotencyKey: z.string(),
  attempt: z.int().min(1),
});
export type ActivityRequest = z.infer<typeof ActivityRequest>;

/** Body of `POST /leave` to the agent-runner: runs that were cancelled, for which nothing need be kept any more; 204. */
export const LeaveRequest = z.strictObject({ runIds: z.array(z.string()).min(1) });
export type LeaveRequest = z.infer<typeof LeaveRequest>;

/** One line of the answer (NDJSON): any number of `progress`, then exactly one `value` or `failure`. */
export const ActivityLine = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("progress"), data: Json }),
  z.strictObject({ type: z.literal("heartbeat") }),
  z.strictObject({ type: z.literal("value"), value: Json }),
  z.strictObject({
    type: z.literal("failure"),
    error: RunError,
    isRetryable: z.boolean(),
    retryAfterMs: z.number().optional(),
  }),
]);
export type ActivityLine = z.infer<typeof ActivityLine>;
