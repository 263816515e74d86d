import type { z } from "zod";

import { closed } from "./shape.ts";
import { taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

export const defineDo = (tasks: TaskListSchema) => closed({ ...taskBase, do: tasks });
export type DoTask = z.infer<ReturnType<typeof defineDo>>;
