import type { z } from "zod";

import { bool } from "./scalar.ts";
import { closed } from "./shape.ts";
import { taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

export const defineFork = (tasks: TaskListSchema) =>
  closed({ ...taskBase, fork: closed({ branches: tasks, compete: bool.optional() }) });
export type ForkTask = z.infer<ReturnType<typeof defineFork>>;
