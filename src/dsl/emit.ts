import type { z } from "zod";

import { EventToEmit } from "./event.ts";
import { closed, open } from "./shape.ts";
import { taskBase } from "./task-base.ts";

export const EmitTask = closed({
  ...taskBase,
  emit: closed({ event: open({ with: EventToEmit.optional() }) }),
});
export type EmitTask = z.infer<typeof EmitTask>;
