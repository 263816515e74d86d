import type { z } from "zod";

import { Duration } from "./duration.ts";
import { closed } from "./shape.ts";
import { taskBase } from "./task-base.ts";

export const WaitTask = closed({ ...taskBase, wait: Duration });
export type WaitTask = z.infer<typeof WaitTask>;
