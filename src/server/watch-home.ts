import { statSync } from "node:fs";
import { join } from "node:path";

import type { Paths } from "../base/paths.ts";

const POLL_MS = 2_000;

/**
 * Resolves once the home is gone or another has taken its place: a server that goes on would be one that no command
 * can find or stop. `onLook` is called with each look at a home that is still there.
 */
export async function untilHomeIsGone(
  paths: Paths,
  { signal, onLook }: { signal: AbortSignal; onLook: () => void },
): Promise<string> {
  const lock = join(paths.run, "server.lock");
  const own = inodeOf(lock);
  while (!signal.aborted && inodeOf(lock) === own) {
    onLook();
    await Bun.sleep(POLL_MS);
  }
  return `the loss of ${paths.home}`;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
