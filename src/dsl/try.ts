import type { z } from "zod";

import { ErrorFilter } from "./error.ts";
import { RetryPolicyOrName } from "./retry.ts";
import { text } from "./scalar.ts";
import { closed, open } from "./shape.ts";
import { FlowDirective, taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

export const defineTry = (tasks: TaskListSchema) =>
  closed({
    ...taskBase,
    try: tasks,
    catch: closed({
      errors: open({ with: ErrorFilter.optional() }).optional(),
      as: text.optional(),
      when: text.optional(),
      exceptWhen: text.optional(),
      retry: RetryPolicyOrName.optional(),
      do: tasks.optional(),
      // oxlint-disable-next-line unicorn/no-thenable -- the name of a field of the language, never awaited
      then: FlowDirective.optional(),
    }),
  });
export type TryTask = z.infer<ReturnType<typeof defineTry>>;
