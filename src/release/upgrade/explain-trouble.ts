import { diskTrouble } from "../../base/disk-error.ts";
import { messageOf, StigmerError } from "../../base/errors.ts";

/** What the operating system refused, in a sentence. Other errors pass unchanged. */
export function explainTrouble(error: unknown, folder: string): unknown {
  const trouble = diskTrouble(error);
  if (!trouble) return error;
  return new StigmerError("failed", `cannot change stigmer in ${folder}: ${trouble.what}`, {
    hint: `${trouble.mend}; the file that was in use stays in use (${messageOf(error)})`,
    cause: error,
  });
}
