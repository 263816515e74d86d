import { Export, Output } from "./data-flow.ts";
import { text } from "./scalar.ts";
import { closed } from "./shape.ts";
import type { TaskListSchema } from "./task-list.ts";

/** What is done with each event or message of a subscription. */
export const defineIterator = (tasks: TaskListSchema) =>
  closed({
    item: text.optional(),
    at: text.optional(),
    do: tasks.optional(),
    output: Output.optional(),
    export: Export.optional(),
  });
