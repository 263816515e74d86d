import type { z } from "zod";

import { Duration } from "./duration.ts";
import { text } from "./scalar.ts";
import { choose, closed } from "./shape.ts";

export const Timeout = closed({ after: Duration });
export type Timeout = z.infer<typeof Timeout>;

/** A timeout, or the name of one of `use.timeouts`. */
export const TimeoutOrName = choose<string | Timeout>((value) =>
  typeof value === "string" ? text : Timeout,
);
export type TimeoutOrName = z.infer<typeof TimeoutOrName>;
