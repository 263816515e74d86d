import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { syncFolder, writeDurably } from "../base/durable-file.ts";
import { StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { checkpoint } from "./checkpoint.ts";
import { explainDiskError, requireSpace } from "./disk.ts";
import { folderNameOf, quarantinePath, runnerPath, scratchFolders, scratchPath } from "./layout.ts";
import { writeManifest } from "./manifest.ts";
import type { RunnerExpectation, RunnerFile, RunnerSource } from "./runner-file.ts";
import { smokeRun } from "./smoke.ts";
import { stampOf } from "./stamp.ts";

/** Verified bytes on their way to the disk. */
export interface Installation extends RunnerExpectation {
  readonly bytes: Uint8Array;
  readonly source: RunnerSource;
  readonly target: string;
}

/**
 * Puts a runner into its folder, for a caller who holds the lock. Everything is written aside, synced and tried
 * before one rename makes it visible: a crash at any point leaves the old state or the new.
 */
export async function installRunner(paths: Paths, installation: Installation): Promise<RunnerFile> {
  const scratch = scratchPath(paths);
  try {
    prepare(paths, installation);
    mkdirSync(scratch, { mode: 0o700 });
    checkpoint("scratch-made");
    await fill(scratch, installation);
    return moveIn(paths, scratch, installation);
  } catch (error) {
    throw explainDiskError(error, paths.runners);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function prepare(paths: Paths, { bytes }: Installation): void {
  // The lock is held, so whoever made these died.
  for (const name of scratchFolders(paths)) {
    rmSync(join(paths.runners, name), { recursive: true, force: true });
  }
  const hint = "free some space, or move STIGMER_HOME to another disk";
  requireSpace(paths.runners, bytes.length, hint);
}

async function fill(scratch: string, installation: Installation): Promise<void> {
  const { bytes, version, sha256, size, source, target } = installation;
  const path = join(scratch, "agent-runner");
  writeDurably(path, bytes, 0o755);
  checkpoint("written");
  const trouble = await smokeRun(path, version, scratch);
  if (trouble !== undefined) {
    throw new StigmerError("failed", `the new agent-runner does not work: ${trouble}`, {
      hint:
        source === "embedded" || source === "download"
          ? "the runner that was in use before stays in use; please report this"
          : "the runner that was in use before stays in use: mend the file, and install it again",
    });
  }
  checkpoint("smoked");
  const now = new Date().toISOString();
  const manifest = { version, target, sha256, size, source, installedAt: now, verifiedAt: now };
  const stamp = stampOf(lstatSync(path, { bigint: true }), Date.now());
  writeManifest(join(scratch, "manifest.json"), {
    schema: 1,
    ...manifest,
    ...(stamp && { stamp }),
  });
  syncFolder(scratch);
  checkpoint("manifest-written");
}

function moveIn(paths: Paths, scratch: string, installation: Installation): RunnerFile {
  const { version, sha256, source } = installation;
  const folderName = folderNameOf(installation);
  quarantine(paths, folderName);
  checkpoint("old-moved");
  renameSync(scratch, join(paths.runners, folderName));
  syncFolder(paths.runners);
  checkpoint("renamed");
  return { path: runnerPath(paths, folderName), version, sha256, source };
}

/** Moves what failed the test out of the way, and keeps it: it may tell what happened. */
function quarantine(paths: Paths, folderName: string): void {
  const place = join(paths.runners, folderName);
  // A link that leads nowhere is in the way too.
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found) renameSync(place, quarantinePath(paths, folderName));
}
