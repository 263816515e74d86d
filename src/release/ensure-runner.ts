import { existsSync } from "node:fs";

import { StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { checkpoint } from "./checkpoint.ts";
import type { DownloadProgress } from "./download/request.ts";
import { findPinned, findRunner, type FoundRunner } from "./find-runner.ts";
import { type InstallOptions, underInstallLock } from "./install-lock.ts";
import { installRunner } from "./install.ts";
import { judgeFile } from "./judge.ts";
import { folderNameOf, linkedFolder, runnerPath } from "./layout.ts";
import { areLinksWhole, isCurrent, makeCurrent, removeLink } from "./links.ts";
import { noteVerified, readManifest, replaceManifest } from "./manifest.ts";
import { referTo } from "./references.ts";
import { chooserOf, expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";
import { findCopy, type SourceRequest } from "./sources.ts";

/** Links that another process is about to change are not worth a longer wait. */
const TIDY_WAIT_MS = 1_000;

export interface EnsureOptions extends InstallOptions {
  readonly build: RunnerBuild;
  /** Hashes the file even where its stamp says that it is the one that was hashed last. */
  readonly thorough?: boolean;
  /** Takes `current` over from another version that is in use. */
  readonly becomesCurrent?: boolean;
  /** How far a download is; without it, `onProgress` hears of each tenth. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/**
 * A good agent-runner on disk: the one that a person chose, else the one of this build; found there, else put
 * there. Any number of processes may ask at the same time.
 *
 * A good file is enough to run, whatever its surroundings are. The links follow what was installed or started as a server
 * last (`becomesCurrent`): programs of two versions that only use their runners in turn leave `current` and `previous`
 * alone, as long as these lead somewhere. What the disk refuses to mend there is told and stays as it is.
 */
export async function ensureRunner(paths: Paths, options: EnsureOptions): Promise<RunnerFile> {
  const { build, onProgress = () => {} } = options;
  const found = findForUse(paths, build, options);
  if (!found) return tell(await obtainRunner(paths, options), onProgress);
  if (isInOrder(paths, found, options)) return tell(found, onProgress);
  return tell(await tidy(paths, options), onProgress);
}

/** Under the lock, where another process may have put it there meanwhile. */
async function obtainRunner(paths: Paths, options: EnsureOptions): Promise<FoundRunner> {
  const { build, onProgress = () => {}, environment = process.env } = options;
  return underInstallLock(paths, options, async () => {
    checkpoint("locked");
    dropBadPin(paths, options);
    const there = findRunner(paths, build, careOf(options));
    const runner = there ?? (await restoreRunner({ paths, ...options, environment, onProgress }));
    if (!there || !isInOrder(paths, there, options)) complete(paths, runner, build);
    referTo(paths, runner.folderName);
    return runner;
  });
}

/** Mends what is around a good file. The file is used in any case, unless it went away meanwhile. */
async function tidy(paths: Paths, options: EnsureOptions): Promise<FoundRunner> {
  try {
    return await obtainRunner(paths, { ...options, waitMs: TIDY_WAIT_MS });
  } catch (error) {
    const good = findForUse(paths, options.build, options);
    if (!(error instanceof StigmerError) || !good || options.signal?.aborted) throw error;
    options.onProgress?.(`what leads to the agent-runner stays as it is: ${error.message}`);
    return good;
  }
}

/** Whether nothing around a good file is to be mended or moved. */
function isInOrder(
  paths: Paths,
  { folderName, version, isPinned, hasManifest }: FoundRunner,
  { becomesCurrent = false }: EnsureOptions,
): boolean {
  // A chosen runner that is no longer good must not stay in charge.
  if (!hasManifest || (!isPinned && linkedFolder(paths, "pinned"))) return false;
  return isCurrent(paths, folderName, version) || (!becomesCurrent && areLinksWhole(paths));
}

function careOf({ thorough = false }: EnsureOptions): { thorough: boolean } {
  return { thorough };
}

/** Noted as used by this process, so that nobody removes it while this process lives, unless that happened just now. */
function findForUse(
  paths: Paths,
  build: RunnerBuild,
  options: EnsureOptions,
): FoundRunner | undefined {
  const found = findRunner(paths, build, careOf(options));
  if (!found) return undefined;
  const { folderName, stamp } = found;
  if (stamp) noteVerified(paths, folderName, { stamp, verifiedAt: new Date().toISOString() });
  referTo(paths, folderName);
  return existsSync(found.path) ? found : undefined;
}

async function restoreRunner(request: SourceRequest): Promise<FoundRunner> {
  const { paths, build, onProgress } = request;
  const expected = expectationOf(build);
  const fault = faultOf(paths, build);
  const { bytes, source } = await findCopy(request, expected);
  const runner = await installRunner(paths, { ...expected, bytes, source, target: build.target });
  onProgress(`installed agent-runner ${runner.version} (${source}) in ${runner.path}`);
  if (fault !== undefined) onProgress(`agent-runner ${runner.version} ${fault} and was put back`);
  const folderName = folderNameOf(expected);
  return { ...runner, folderName, isPinned: false, hasManifest: true, stamp: undefined };
}

/** What is wrong with the one of this build, if it was installed before. */
function faultOf(paths: Paths, build: RunnerBuild): string | undefined {
  const expected = expectationOf(build);
  const folderName = folderNameOf(expected);
  const judged = judgeFile(runnerPath(paths, folderName), expected, { thorough: true });
  if (judged.verdict === "bad") return `was damaged (it ${judged.reason})`;
  return judged.verdict === "missing" && readManifest(paths, folderName) ? "was gone" : undefined;
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

function dropBadPin(paths: Paths, options: EnsureOptions): void {
  const folderName = linkedFolder(paths, "pinned");
  if (folderName === undefined || findPinned(paths, careOf(options))) return;
  options.onProgress?.(
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
  return { path, version, sha256, source, ...(isPinned && { chosenBy: chooserOf(source) }) };
}
