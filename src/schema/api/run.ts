import { z } from "zod";

import { Json } from "../../base/json.ts";
import { RunError } from "../../durable/errors.ts";
import { Kind } from "../kinds.ts";
import { Label, page, PageQuery } from "./page.ts";

export const RunStatus = z.enum([
  "pending",
  "running",
  "paused",
  "completed",
  "failed",
  "cancelled",
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** One execution of an agent or a workflow. */
export const Run = z.object({
  id: z.string(),
  kind: Kind,
  /** Name of the agent, or `namespace/name` of the workflow. */
  name: z.string(),
  /** The workflow's version that was meant when the run was created. */
  version: z.string().optional(),
  status: RunStatus,
  input: Json,
  output: Json.optional(),
  error: RunError.optional(),
  /** Why it was cancelled, or shall be. */
  cancelReason: z.string().optional(),
  /** Why it can't go on, although it has not ended: its events can't be read or followed. It can be cancelled. */
  problem: z.string().optional(),
  parentRunId: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** Sequence number of the last event the server has. */
  lastSequence: z.int(),
});
export type Run = z.infer<typeof Run>;

/**
 * Body of `POST /v1/runs`. `target` is `agent/NAME`, `workflow/NAME`, a bare NAME (an agent or a workflow, whichever
 * exists; both: a `conflict` that names the two) or `NAME@VERSION` of a workflow. `message` is for agents.
 */
export const RunCreate = z.strictObject({
  target: z.string().min(1),
  input: Json.optional(),
  message: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});
export type RunCreate = z.input<typeof RunCreate>;

export const RunQuery = PageQuery.extend({
  status: RunStatus.optional(),
  kind: Kind.optional(),
  name: z.string().optional().describe("Of the agent or workflow."),
  parent: z.string().optional().describe("Id of the run that started them."),
  label: Label,
  since: z.iso.datetime({ offset: true }).optional().describe("Created then or later."),
});
export type RunQuery = z.input<typeof RunQuery>;
export const RunPage = page(Run);
export type RunPage = z.infer<typeof RunPage>;

export const SignalCreate = z.strictObject({
  name: z.string().min(1),
  data: Json.default(null),
  /** The same id again has no effect. */
  id: z.string().min(1).optional(),
});
export type SignalCreate = z.input<typeof SignalCreate>;
export const SignalResult = z.object({ result: z.enum(["accepted", "duplicate", "ended"]) });
export type SignalResult = z.infer<typeof SignalResult>;

/** Body of `POST /v1/runs/{id}/cancel`; may be left out. */
export const RunCancel = z.strictObject({ reason: z.string().max(1_024).optional() });
export type RunCancel = z.infer<typeof RunCancel>;
