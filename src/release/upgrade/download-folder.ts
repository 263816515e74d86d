import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Paths } from "../../base/paths.ts";

/**
 * Where an archive goes: into the cache. What root puts into somebody's home would be root's from then on, and in that
 * person's way: where the cache is not this user's, it is a private folder, which goes with the work.
 */
export async function withDownloadFolder<T>(
  { downloads }: Paths,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (ownerOf(downloads) === process.geteuid?.()) return work(downloads);
  const folder = mkdtempSync(join(tmpdir(), "stigmer-upgrade-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The owner of a folder; of the nearest one above it as long as it has to be made. Nobody where that cannot be seen. */
function ownerOf(folder: string): number | undefined {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    return found ? found.uid : ownerOf(dirname(folder));
  } catch {
    return undefined;
  }
}
