import type { Paths } from "../base/paths.ts";
import { judgeFile } from "./judge.ts";
import { folderNameOf, linkedFolder, runnerPath } from "./layout.ts";
import { readManifest } from "./manifest.ts";
import { expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";
import type { FileStamp } from "./stamp.ts";

export interface FoundRunner extends RunnerFile {
  readonly folderName: string;
  /** A person chose it. */
  readonly isPinned: boolean;
  /** What is known of it lies beside it. */
  readonly hasManifest: boolean;
  /** It was hashed just now; undefined when that was not needed, or is too early to be noted. */
  readonly stamp: FileStamp | undefined;
}

/** How much a look at the disk takes on trust, see `judgeFile`. */
interface Care {
  readonly thorough: boolean;
}

/** The runner to use, if a good one is there. Changes nothing, so it needs no lock. */
export function findRunner(paths: Paths, build: RunnerBuild, care: Care): FoundRunner | undefined {
  return findPinned(paths, care) ?? findOwn(paths, build, care);
}

/** What a person installed or rolled back to wins until `runner reset`; its own manifest says what it must be. */
export function findPinned(paths: Paths, care: Care): FoundRunner | undefined {
  const folderName = linkedFolder(paths, "pinned");
  const manifest = folderName === undefined ? undefined : readManifest(paths, folderName);
  if (folderName === undefined || !manifest) return undefined;
  const path = runnerPath(paths, folderName);
  const judged = judgeFile(path, manifest, care);
  if (judged.verdict !== "good") return undefined;
  const { version, sha256, source } = manifest;
  const { stamp } = judged;
  return { path, version, sha256, source, folderName, isPinned: true, hasManifest: true, stamp };
}

function findOwn(paths: Paths, build: RunnerBuild, care: Care): FoundRunner | undefined {
  const expected = expectationOf(build);
  const folderName = folderNameOf(expected);
  const path = runnerPath(paths, folderName);
  const manifest = readManifest(paths, folderName);
  // The digest is always this build's own; a manifest of another file has no say.
  const known = manifest?.sha256 === expected.sha256 ? manifest.stamp : undefined;
  const judged = judgeFile(path, { ...expected, stamp: known }, care);
  if (judged.verdict !== "good") return undefined;
  const { version, sha256 } = expected;
  const { stamp } = judged;
  const source = manifest?.source ?? "embedded";
  const hasManifest = manifest !== undefined;
  return { path, version, sha256, source, folderName, isPinned: false, hasManifest, stamp };
}
