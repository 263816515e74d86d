import type { z } from "zod";

import { EventStrategy } from "./event.ts";
import { defineIterator } from "./iterator.ts";
import { closed, oneOf } from "./shape.ts";
import { taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

/** How much of an event is taken: its data, the whole of it, or its bytes. */
export const ReadAs = oneOf("data", "envelope", "raw");

export const defineListen = (tasks: TaskListSchema) =>
  closed({
    ...taskBase,
    listen: closed({ to: EventStrategy, read: ReadAs.optional() }),
    foreach: defineIterator(tasks).optional(),
  });
export type ListenTask = z.infer<ReturnType<typeof defineListen>>;
