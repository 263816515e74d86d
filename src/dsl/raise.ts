import type { z } from "zod";

import { ErrorDefinition } from "./error.ts";
import { text } from "./scalar.ts";
import { choose, closed } from "./shape.ts";
import { taskBase } from "./task-base.ts";

export const RaiseTask = closed({
  ...taskBase,
  raise: closed({
    /** An error, or the name of one of `use.errors`. */
    error: choose<string | ErrorDefinition>((value) =>
      typeof value === "string" ? text : ErrorDefinition,
    ),
  }),
});
export type RaiseTask = z.infer<typeof RaiseTask>;
