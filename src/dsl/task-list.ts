import type { z } from "zod";

import type { Task } from "./task.ts";

/** One named task of a list: an object with one field. */
export interface TaskItem {
  [name: string]: Task;
}
/** Written `[{ name: task }, …]`, so that both the order and the names are kept. */
export type TaskList = TaskItem[];

/** The schema of a list of tasks, which the kinds that hold tasks are given: it needs all of them itself. */
export type TaskListSchema = z.ZodType<TaskList>;
