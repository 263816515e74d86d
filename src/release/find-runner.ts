import type { Paths } from "../base/paths.ts";
import { judgeFile } from "./judge.ts";
import { folderNameOf, linkedFolder, runnerPath } from "./layout.ts";
import { isCurrent } from "./links.ts";
import { readManifest } from "./manifest.ts";
import { expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";

export interface FoundRunner extends RunnerFile {
  readonly folderName: string;
  /** A person chose it. */
  readonly isPinned: boolean;
  /** Its manifest and all links are as they should be. */
  readonly isComplete: boolean;
}

/** The runner to use, if a good one is there. Changes nothing, so it needs no lock. */
export function findRunner(paths: Paths, build: RunnerBuild): FoundRunner | undefined {
  return findPinned(paths) ?? findOwn(paths, build);
}

/** What a person installed or rolled back to wins until `runner reset`; its own manifest says what it must be. */
export function findPinned(paths: Paths): FoundRunner | undefined {
  const folderName = linkedFolder(paths, "pinned");
  const manifest = folderName === undefined ? undefined : readManifest(paths, folderName);
  if (folderName === undefined || !manifest || folderNameOf(manifest) !== folderName) {
    return undefined;
  }
  const path = runnerPath(paths, folderName);
  if (judgeFile(path, manifest).verdict !== "good") return undefined;
  const { version, sha256, source } = manifest;
  const isComplete = isCurrent(paths, folderName, version);
  return { path, version, sha256, source, folderName, isPinned: true, isComplete };
}

function findOwn(paths: Paths, build: RunnerBuild): FoundRunner | undefined {
  const expected = expectationOf(build);
  const folderName = folderNameOf(expected);
  const path = runnerPath(paths, folderName);
  if (judgeFile(path, expected).verdict !== "good") return undefined;
  const { version, sha256 } = expected;
  const manifest = readManifest(paths, folderName);
  const source = manifest?.source ?? "embedded";
  // A chosen runner that is no longer good must not stay in charge of the links.
  const isLinked = isCurrent(paths, folderName, version) && !linkedFolder(paths, "pinned");
  const isComplete = isLinked && manifest !== undefined;
  return { path, version, sha256, source, folderName, isPinned: false, isComplete };
}
