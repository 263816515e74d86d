import { StigmerError } from "../../src/base/errors.ts";
import type { Run } from "../../src/schema/api/run.ts";

export const ENDED_HELP = "A run that has ended stays as it is: the exit status is 1.";

/** In the words of the server, which refuses the same to programs. */
export function hasEnded({ id, status }: Run): StigmerError {
  return new StigmerError("conflict", `run ${id} has ended: it is ${status}`);
}
