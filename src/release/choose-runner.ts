import { StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { sha256Hex } from "../base/sha256.ts";
import { type InstallOptions, underInstallLock } from "./install-lock.ts";
import { installRunner } from "./install.ts";
import { judgeFile } from "./judge.ts";
import { folderNameOf, linkedFolder, runnerPath } from "./layout.ts";
import { makeCurrent, pointTo, removeLink } from "./links.ts";
import { readManifest, replaceManifest } from "./manifest.ts";
import { expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";
import { smokeRun } from "./smoke.ts";

/** Installs a runner that somebody built or brought, and uses it from now on, until `resetRunner`. */
export async function chooseRunner(
  paths: Paths,
  choice: { bytes: Uint8Array; version: string; target: string; source: "local" | "file" },
  options: InstallOptions = {},
): Promise<RunnerFile> {
  const { bytes } = choice;
  const runner = { ...choice, sha256: sha256Hex(bytes), size: bytes.length };
  return underInstallLock(paths, options, async () => {
    const folderName = folderNameOf(runner);
    const path = runnerPath(paths, folderName);
    const manifest = readManifest(paths, folderName);
    if (manifest && judgeFile(path, runner, { thorough: true }).verdict === "good") {
      replaceManifest(paths, folderName, { ...manifest, source: runner.source });
    } else {
      await installRunner(paths, runner);
    }
    pointTo(paths, "pinned", folderName);
    makeCurrent(paths, folderName, runner.version);
    return { path, version: runner.version, sha256: runner.sha256, source: runner.source };
  });
}

/** Ends the choice: the runner of this build is used again from the next start on. */
export async function resetRunner(
  paths: Paths,
  options: InstallOptions = {},
): Promise<{ wasChosen: string | undefined }> {
  return underInstallLock(paths, options, async () => {
    const wasChosen = linkedFolder(paths, "pinned");
    removeLink(paths, "pinned");
    return { wasChosen };
  });
}

/** Goes back to the runner that was used before, after it was checked and tried. */
export async function rollbackRunner(
  paths: Paths,
  build: RunnerBuild,
  options: InstallOptions = {},
): Promise<RunnerFile> {
  return underInstallLock(paths, options, async () => {
    const folderName = linkedFolder(paths, "previous");
    const manifest = folderName === undefined ? undefined : readManifest(paths, folderName);
    if (folderName === undefined || !manifest) throw nothingBefore(paths);
    const path = runnerPath(paths, folderName);
    const judged = judgeFile(path, manifest, { thorough: true });
    if (judged.verdict !== "good")
      throw notUsable(path, judged.verdict === "bad" ? judged.reason : "is missing");
    const trouble = await smokeRun(path, manifest.version, paths.runners);
    if (trouble !== undefined) throw notUsable(path, trouble);
    const isOwn = folderName === folderNameOf(expectationOf(build));
    if (isOwn) removeLink(paths, "pinned");
    else pointTo(paths, "pinned", folderName);
    makeCurrent(paths, folderName, manifest.version);
    return { path, version: manifest.version, sha256: manifest.sha256, source: manifest.source };
  });
}

function nothingBefore(paths: Paths): StigmerError {
  return new StigmerError("not_found", `no earlier agent-runner is in ${paths.runners}`, {
    hint: "`stigmer runner list` shows what is there",
  });
}

function notUsable(path: string, reason: string): StigmerError {
  return new StigmerError("failed", `${path} cannot be used: ${reason}`, {
    hint: "nothing was changed",
  });
}
