import { rmSync } from "node:fs";
import { join } from "node:path";

import type { Paths } from "../base/paths.ts";
import { type InstallOptions, underInstallLock } from "./install-lock.ts";
import { installedFolders, linkedFolder, quarantinedFolders, scratchFolders } from "./layout.ts";
import { referencedFolders } from "./references.ts";

/** Enough to see what went wrong lately. */
const QUARANTINED_MAX = 3;

/**
 * Removes the agent-runners that nobody needs: all but the current, the previous and the chosen one, and what a
 * live process uses. Touches only names of our own pattern, and no runner at all while a note of use is unreadable.
 * Answers the names that are gone.
 */
export async function pruneRunners(paths: Paths, options: InstallOptions = {}): Promise<string[]> {
  return underInstallLock(paths, options, async () => {
    const removed = [
      ...unusedFolders(paths),
      ...quarantinedFolders(paths).slice(0, -QUARANTINED_MAX),
      // The lock is held, so whoever made these died.
      ...scratchFolders(paths),
    ];
    for (const name of removed) rmSync(join(paths.runners, name), { recursive: true, force: true });
    return removed;
  });
}

function unusedFolders(paths: Paths): string[] {
  const used = referencedFolders(paths);
  if (!used) return [];
  for (const name of ["current", "previous", "pinned"] as const) {
    const linked = linkedFolder(paths, name);
    if (linked !== undefined) used.add(linked);
  }
  return installedFolders(paths).filter((name) => !used.has(name));
}
