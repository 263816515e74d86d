import { existsSync } from "node:fs";

import type { Paths } from "../base/paths.ts";
import { checkpoint } from "./checkpoint.ts";
import type { DownloadProgress } from "./download/request.ts";
import { findPinned, findRunner, type FoundRunner } from "./find-runner.ts";
import { type InstallOptions, underInstallLock } from "./install-lock.ts";
import { installRunner } from "./install.ts";
import { folderNameOf, linkedFolder } from "./layout.ts";
import { makeCurrent, removeLink } from "./links.ts";
import { noteVerified, readManifest, replaceManifest } from "./manifest.ts";
import { referTo } from "./references.ts";
import { expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";
import { findCopy, type SourceRequest } from "./sources.ts";

export interface EnsureOptions extends InstallOptions {
  readonly build: RunnerBuild;
  /** Hashes the file even where its stamp says that it is the one that was hashed last. */
  readonly thorough?: boolean;
  /** How far a download is; without it, `onProgress` hears of each tenth. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/**
 * A good agent-runner on disk: the one that a person chose, else the one of this build; found there, else put
 * there. Any number of processes may ask at the same time.
 */
export async function ensureRunner(paths: Paths, options: EnsureOptions): Promise<RunnerFile> {
  const { build, onProgress = () => {}, environment = process.env } = options;
  const care = { thorough: options.thorough ?? false };
  const found = findForUse(paths, build, care);
  if (found?.isComplete) return tell(found, onProgress);
  return underInstallLock(paths, options, async () => {
    checkpoint("locked");
    dropBadPin(paths, care, onProgress);
    const runner =
      findRunner(paths, build, care) ??
      (await restoreRunner({ paths, environment, onProgress, ...options }));
    if (!runner.isComplete) complete(paths, runner, build);
    referTo(paths, runner.folderName);
    return tell(runner, onProgress);
  });
}

/** Noted as used by this process, so that nobody removes it while this process lives, unless that happened just now. */
function findForUse(
  paths: Paths,
  build: RunnerBuild,
  care: { thorough: boolean },
): FoundRunner | undefined {
  const found = findRunner(paths, build, care);
  if (!found) return undefined;
  const { folderName, stamp } = found;
  if (stamp) noteVerified(paths, folderName, { stamp, verifiedAt: new Date().toISOString() });
  referTo(paths, folderName);
  return existsSync(found.path) ? found : undefined;
}

async function restoreRunner(request: SourceRequest): Promise<FoundRunner> {
  const { paths, build, onProgress } = request;
  const expected = expectationOf(build);
  const { bytes, source } = await findCopy(request, expected);
  const runner = await installRunner(paths, { ...expected, bytes, source, target: build.target });
  onProgress(`installed agent-runner ${runner.version} (${source}) in ${runner.path}`);
  const folderName = folderNameOf(expected);
  return { ...runner, folderName, isPinned: false, isComplete: false, stamp: undefined };
}

/** Mends what a crash or a hand left undone around a good file. */
function complete(paths: Paths, runner: FoundRunner, build: RunnerBuild): void {
  const { folderName, version, sha256, source } = runner;
  if (!readManifest(paths, folderName)) {
    const now = new Date().toISOString();
    const { target, embedded } = build;
    const manifest = { version, target, sha256, size: embedded.size, source };
    replaceManifest(paths, folderName, {
      schema: 1,
      ...manifest,
      installedAt: now,
      verifiedAt: now,
    });
  }
  makeCurrent(paths, folderName, version);
}

function dropBadPin(
  paths: Paths,
  care: { thorough: boolean },
  onProgress: (message: string) => void,
): void {
  const folderName = linkedFolder(paths, "pinned");
  if (folderName === undefined || findPinned(paths, care)) return;
  onProgress(
    `the agent-runner that was chosen (${folderName}) is damaged; back to the one of this build`,
  );
  removeLink(paths, "pinned");
}

function tell(runner: FoundRunner, onProgress: (message: string) => void): RunnerFile {
  const { path, version, sha256, source, isPinned } = runner;
  if (isPinned) {
    onProgress(
      `using the chosen agent-runner ${version} (${source}); \`stigmer runner reset\` ends that`,
    );
  }
  return { path, version, sha256, source };
}
