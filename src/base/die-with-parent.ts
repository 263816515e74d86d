import { constants } from "node:os";

import { cLibrary } from "./process-library.ts";

/** Set by whoever starts a part: the number of the process that the part must not outlive. */
export const PARENT_VARIABLE = "STIGMER_PARENT_PID";

/** How long a part may drain after its parent is gone. */
const GRACE_MS = 10_000;

/**
 * Ends this process when the one that started it ends. Does nothing where nobody asked for it, as when a person
 * runs a part in a terminal. Two ways, because neither is enough: the kernel's signal exists on Linux only, and
 * the end of standard input is seen only by a process that still turns its event loop.
 */
export function dieWithParent(): void {
  const parent = Number(process.env[PARENT_VARIABLE]);
  delete process.env[PARENT_VARIABLE];
  if (!Number.isInteger(parent) || parent <= 0) return;
  if (process.platform === "linux") cLibrary().setParentDeathSignal(constants.signals.SIGKILL);
  // The parent may have died before the signal was asked for.
  if (process.ppid !== parent) return endSelf();
  process.stdin.once("end", endSelf);
  process.stdin.once("error", endSelf);
  process.stdin.resume();
}

/** First as `stop` would, so that the part drains; then for good. */
function endSelf(): void {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS);
}
