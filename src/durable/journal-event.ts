import { z } from "zod";

import { Json } from "../base/json.ts";
import { Subject } from "./command.ts";
import { RunError } from "./errors.ts";

export const Parent = z.strictObject({ runId: z.string(), commandId: z.string() });
export type Parent = z.infer<typeof Parent>;

const outcome = { commandId: z.string() };

/** What happened in a run, by kind. The journal only grows: no event is ever changed or removed while its run lives. */
export const JournalEventBody = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("run.started"),
    program: z.string(),
    subject: Subject,
    definition: Json,
    /** SHA-256 of the definition's canonical JSON, hexadecimal. */
    definitionHash: z.string(),
    input: Json,
    parent: Parent.optional(),
  }),
  z.strictObject({ type: z.literal("outcome.succeeded"), ...outcome, value: Json }),
  z.strictObject({ type: z.literal("outcome.failed"), ...outcome, error: RunError }),
  z.strictObject({
    type: z.literal("activity.retrying"),
    ...outcome,
    /** The attempt that failed, from 1. */
    attempt: z.int(),
    error: RunError,
    /** When the next attempt starts, milliseconds since 1970. */
    dueMs: z.number(),
  }),
  z.strictObject({
    type: z.literal("signal.received"),
    signalId: z.string(),
    name: z.string(),
    data: Json,
  }),
  z.strictObject({
    type: z.literal("note"),
    noteType: z.string(),
    subject: z.string().optional(),
    data: Json,
  }),
  z.strictObject({ type: z.literal("run.paused") }),
  z.strictObject({ type: z.literal("run.resumed") }),
  z.strictObject({ type: z.literal("run.completed"), output: Json }),
  z.strictObject({ type: z.literal("run.failed"), error: RunError }),
  z.strictObject({ type: z.literal("run.cancelled"), reason: z.string().optional() }),
]);
export type JournalEventBody = z.infer<typeof JournalEventBody>;

/** An event with its place: `position` counts over the whole journal, `sequence` over the run, both from 1. */
export const JournalEvent = z.strictObject({
  position: z.int(),
  runId: z.string(),
  sequence: z.int(),
  /** Milliseconds since 1970; never goes back within a run. */
  timeMs: z.number(),
  body: JournalEventBody,
});
export type JournalEvent = z.infer<typeof JournalEvent>;
