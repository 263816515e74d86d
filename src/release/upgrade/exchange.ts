import { lstatSync, renameSync, rmSync } from "node:fs";

import { syncFolder } from "../../base/durable-file.ts";
import { StigmerError } from "../../base/errors.ts";
import { checkpoint } from "../checkpoint.ts";
import { askBuild, type Build } from "./ask-build.ts";
import type { Installation } from "./installation.ts";
import { giveSecondName } from "./program-files.ts";

/**
 * Puts the fresh file, which must say it is this build, in the place of the program in use. At each moment one of the
 * two is there and works; the one that leaves becomes the previous one.
 */
export async function exchange(installation: Installation, wanted: Build): Promise<void> {
  const { path, folder, fresh, kept, previous } = installation;
  try {
    await requireBuild(fresh, wanted, installation);
    checkpoint("upgrade-tried");
    giveSecondName(path, kept);
    checkpoint("upgrade-kept");
    renameSync(fresh, path);
    syncFolder(folder);
    checkpoint("upgrade-swapped");
    await requireBuild(path, wanted, installation);
    checkpoint("upgrade-answered");
    renameSync(kept, previous);
  } catch (error) {
    putBack(installation);
    throw error;
  }
  // The new one is in use, so that nothing may fail any more; without power the next change finds `kept` again.
  syncIfPossible(folder);
  checkpoint("upgrade-done");
}

async function requireBuild(
  file: string,
  wanted: Build,
  { folder, version }: Installation,
): Promise<void> {
  const answer = await askBuild(file, folder);
  if (!("trouble" in answer)) {
    if (answer.version === wanted.version && answer.target === wanted.target) return;
  }
  const reason =
    "trouble" in answer
      ? answer.trouble
      : `it says it is ${answer.version} for ${answer.target}, not for ${wanted.target}`;
  throw new StigmerError("failed", `stigmer ${wanted.version} does not work here: ${reason}`, {
    hint: `${version} stays in use; please report this`,
  });
}

/** Whatever had been done by then, the file that was in use is in use again. */
function putBack({ path, folder, kept }: Installation): void {
  if (!lstatSync(kept, { throwIfNoEntry: false })) return;
  renameSync(kept, path);
  // Where both names meant the same file the rename has left both.
  rmSync(kept, { force: true });
  syncIfPossible(folder);
}

/** For who has said all there is to say: the names are right, and only a loss of power could undo them. */
function syncIfPossible(folder: string): void {
  try {
    syncFolder(folder);
  } catch {
    // Not even a folder that cannot be opened makes what was done undone.
  }
}
