import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { tryLock } from "../../base/file-lock.ts";
import { placesOf } from "./places.ts";

const AGE_MAX_MS = 30 * 24 * 3_600_000;
const LEFTOVER = /^([0-9a-f]{64})\.(?:part|json|bad)$/;

/**
 * Removes what broken downloads of other files left behind long ago. Whole files stay: a person may have put them
 * there. So do those of a download that another process has under way.
 */
export function expireLeftovers(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    const [, sha256] = LEFTOVER.exec(name) ?? [];
    const path = join(folder, name);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (sha256 === undefined || nowMs - changedMs < AGE_MAX_MS) continue;
    const held = tryLock(placesOf({ folder, sha256 }).lock);
    if (held) rmSync(path, { force: true, recursive: true });
    held?.release();
  }
}
