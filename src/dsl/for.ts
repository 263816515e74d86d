import type { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { map, text } from "./scalar.ts";
import { choose, closed, listOf } from "./shape.ts";
import { taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

export const defineFor = (tasks: TaskListSchema) =>
  closed({
    ...taskBase,
    for: closed({
      each: text.optional(),
      in: choose<string | JsonObject[]>((value) => (Array.isArray(value) ? listOf(map) : text)),
      at: text.optional(),
    }),
    while: text.optional(),
    do: tasks,
  });
export type ForTask = z.infer<ReturnType<typeof defineFor>>;
