import { text } from "./scalar.ts";
import { closed, oneOf } from "./shape.ts";
import type { TaskListSchema } from "./task-list.ts";

/** Tasks that are done before and after each task of a kind. */
export const defineExtension = (tasks: TaskListSchema) =>
  closed({
    extend: oneOf(
      "call",
      "composite",
      "emit",
      "for",
      "listen",
      "raise",
      "run",
      "set",
      "switch",
      "try",
      "wait",
      "all",
    ),
    when: text.optional(),
    before: tasks.optional(),
    after: tasks.optional(),
  });
