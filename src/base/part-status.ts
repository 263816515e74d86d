import { z } from "zod";

/**
 * The exit status of a part that could not start for a reason that does not pass by itself, such as a damaged file. It is
 * that of a wrong configuration in `sysexits.h`.
 */
export const CANNOT_START = 78;

export const PartState = z.enum(["starting", "ready", "backing-off", "failed", "stopped"]);
export type PartState = z.infer<typeof PartState>;

/** What the server says of one of its parts. */
export const PartStatus = z.object({
  name: z.string(),
  state: PartState,
  pid: z.int().optional(),
  /** When the present process started, RFC 3339. */
  startedAt: z.string().optional(),
  restarts: z.int().nonnegative(),
  lastError: z.string().optional(),
});
export type PartStatus = z.infer<typeof PartStatus>;
