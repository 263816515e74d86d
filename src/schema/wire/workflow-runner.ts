import { z } from "zod";

import { Json } from "../../base/json.ts";
import { Subject } from "../../durable/command.ts";
import { JournalEvent } from "../../durable/journal-event.ts";

/** `POST /runs`: 202, also when the very same run was started before; 409 when the id is taken by another. */
export const RunRequestBody = z.strictObject({
  runId: z.string(),
  program: z.enum(["workflow", "agent"]),
  subject: Subject,
  definition: Json,
  input: Json,
});
export type RunRequestBody = z.infer<typeof RunRequestBody>;

/** `POST /runs/{id}/signals` */
export const SignalBody = z.strictObject({ id: z.string(), name: z.string(), data: Json });
export type SignalBody = z.infer<typeof SignalBody>;
export const SignalAnswer = z.strictObject({ result: z.enum(["accepted", "duplicate", "ended"]) });
export type SignalAnswer = z.infer<typeof SignalAnswer>;

/** `POST /runs/{id}/cancel`, and without a body `…/pause` and `…/resume`: 204. */
export const CancelBody = z.strictObject({ reason: z.string().optional() });
export type CancelBody = z.infer<typeof CancelBody>;

/** Runs that cannot go on, because their events can't be read or followed. */
const broken = z.array(z.strictObject({ runId: z.string(), reason: z.string() }));
export type BrokenRuns = z.infer<typeof broken>;

/**
 * The first line of the journal: which one it is, how far it went when it was opened, and the mark of the event after
 * which it is read.
 */
export const JournalHead = z.strictObject({
  type: z.literal("journal"),
  id: z.string(),
  lastPosition: z.int(),
  mark: z.string().optional(),
  broken,
});
export type JournalHead = z.infer<typeof JournalHead>;

/** One line of `GET /journal?after=<position>` (NDJSON, endless). `progress` is live only and has no place in the journal. */
export const JournalLine = z.discriminatedUnion("type", [
  JournalHead,
  z.strictObject({ type: z.literal("events"), events: z.array(JournalEvent) }),
  z.strictObject({
    type: z.literal("progress"),
    runId: z.string(),
    commandId: z.string(),
    data: Json,
  }),
  z.strictObject({ type: z.literal("heartbeat"), broken }),
]);
export type JournalLine = z.infer<typeof JournalLine>;
