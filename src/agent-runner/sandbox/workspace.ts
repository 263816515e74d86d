import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join, posix } from "node:path";

import { SANDBOX_FOLDER } from "./bubblewrap.ts";

/** A run's id is part of a path. */
const RUN_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** The folder of a run's files, made on its first use. It stays after the run for a while, for people to look at. */
export async function openWorkspace(home: string, runId: string): Promise<string> {
  if (!RUN_ID.test(runId)) throw new Error(`unreachable: "${runId}" is no run id`);
  const folder = join(home, "workspaces", runId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const now = new Date();
  // Its own time does not change with files deeper in it, and says whether anybody still needs it.
  await utimes(folder, now, now);
  return folder;
}

/**
 * Removes the workspaces that no tool has opened for that long, and says which. Counted from the last use of any: a clock
 * that jumps ahead makes none old.
 */
export async function removeOldWorkspaces(home: string, unusedMs: number): Promise<string[]> {
  const folder = join(home, "workspaces");
  const names = await readdir(folder).catch(() => []);
  const used = await Promise.all(
    names
      .filter((candidate) => RUN_ID.test(candidate))
      .map(async (name) => ({ name, usedMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const lastMs = Math.min(Date.now(), Math.max(...used.map(({ usedMs }) => usedMs)));
  const old = used.filter(({ usedMs }) => lastMs - usedMs >= unusedMs);
  for (const { name } of old) await rm(join(folder, name), { recursive: true });
  return old.map(({ name }) => name);
}

/** A path in the workspace as the sandbox sees it, or undefined when it leads out of it. */
export function toSandboxPath(path: string): string | undefined {
  const resolved = posix.resolve(SANDBOX_FOLDER, path);
  const isInside = resolved === SANDBOX_FOLDER || resolved.startsWith(`${SANDBOX_FOLDER}/`);
  return isInside && !path.includes("\0") ? resolved : undefined;
}
