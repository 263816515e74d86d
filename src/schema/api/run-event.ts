import { z } from "zod";

import { Json } from "../../base/json.ts";
import { page, PageQuery } from "./page.ts";

/**
 * One event of a run as observers see it: a CloudEvent (1.0). Workflows use the specification's lifecycle types
 * (`io.serverlessworkflow.workflow.started.v1`, `io.serverlessworkflow.task.completed.v1`, …), agents
 * `ai.stigmer.agent.*.v1`, the engine `ai.stigmer.run.*.v1` (`started`, `retrying`, `signalled`, `paused`, `resumed`,
 * `completed`, `failed`, `cancelled`: each run ends with exactly one of the last three). Live text is
 * `ai.stigmer.agent.text-delta.v1` and has no `sequence`: it can't be resumed, the whole message follows.
 */
export const RunEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string().optional(),
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  /** CloudEvents extension: rises within a stream, with gaps; absent on live-only events. Also the `id:` over SSE. */
  sequence: z.int().optional(),
  /** CloudEvents extension: the run that the event is of; events of child runs are in the stream of their parent too. */
  runid: z.string(),
  data: Json,
});
export type RunEvent = z.infer<typeof RunEvent>;

export const RUN_END_TYPES: readonly string[] = [
  "ai.stigmer.run.completed.v1",
  "ai.stigmer.run.failed.v1",
  "ai.stigmer.run.cancelled.v1",
];

/** Query of `GET /v1/runs/{id}/events`: oldest first; `after` is the sequence number of the last event that is known. */
export const RunEventQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe("The sequence number of the last event that is known."),
  limit: PageQuery.shape.limit,
  cursor: PageQuery.shape.cursor,
});
export const RunEventPage = page(RunEvent);
export type RunEventPage = z.infer<typeof RunEventPage>;
