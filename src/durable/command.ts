import { z } from "zod";

import { Json } from "../base/json.ts";

/** How often and how soon the engine repeats a failed activity whose failure is retryable. */
export const RetryPolicy = z.strictObject({
  attemptsMax: z.int().min(1),
  delayMs: z.number().min(0),
  factor: z.number().min(1).default(2),
  delayMaxMs: z.number().min(0).default(60_000),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** What a run is of, for people: shown in lists, never used to decide. */
export const Subject = z.strictObject({
  kind: z.enum(["Agent", "Workflow"]),
  name: z.string(),
});
export type Subject = z.infer<typeof Subject>;

/** The position in the execution that wants something; unique in a run, and the same on every replay. */
const id = z.string().min(1);

/** One effect on the world that a program wants. */
export const ActivityCommand = z.strictObject({
  kind: z.literal("activity"),
  id,
  name: z.string(),
  input: Json,
  retry: RetryPolicy.optional(),
});
/** Wakes at a point of journal time, milliseconds since 1970. Its value is null. */
export const TimerCommand = z.strictObject({ kind: z.literal("timer"), id, dueMs: z.number() });
/** Takes the next signal of that name that no earlier event command took; its value is the signal's data. */
export const EventCommand = z.strictObject({ kind: z.literal("event"), id, name: z.string() });
/** Starts another run; its value is that run's output. */
export const ChildCommand = z.strictObject({
  kind: z.literal("child"),
  id,
  program: z.string(),
  subject: Subject,
  definition: Json,
  input: Json,
});

export const Command = z.discriminatedUnion("kind", [
  ActivityCommand,
  TimerCommand,
  EventCommand,
  ChildCommand,
]);
export type Command = z.infer<typeof Command>;
export type ActivityCommand = z.infer<typeof ActivityCommand>;
export type TimerCommand = z.infer<typeof TimerCommand>;
export type EventCommand = z.infer<typeof EventCommand>;
export type ChildCommand = z.infer<typeof ChildCommand>;
