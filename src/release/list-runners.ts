import type { Paths } from "../base/paths.ts";
import { judgeFile, type Verdict } from "./judge.ts";
import { folderNameOf, installedFolders, linkedFolder, runnerPath } from "./layout.ts";
import { readManifest, replaceManifest } from "./manifest.ts";
import type { RunnerSource } from "./runner-file.ts";

/** An agent-runner on disk, good or not. */
export interface InstalledRunner {
  readonly folder: string;
  readonly path: string;
  readonly version: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly source?: RunnerSource;
  readonly installedAt?: string;
  readonly verifiedAt?: string;
  /** How it is used: by links of these names. */
  readonly roles: ("current" | "previous" | "pinned")[];
  readonly verdict: Verdict["verdict"];
  readonly reason?: string;
}

/** Every installed agent-runner, the newest first, each checked as a whole. */
export function listRunners(paths: Paths): InstalledRunner[] {
  return installedFolders(paths)
    .map((folder) => describe(paths, folder))
    .toSorted((a, b) => ((a.installedAt ?? "") < (b.installedAt ?? "") ? 1 : -1));
}

/** Checks every installed runner, and notes in the good ones when that was. */
export function verifyRunners(paths: Paths): InstalledRunner[] {
  const verifiedAt = new Date().toISOString();
  for (const { folder, verdict } of listRunners(paths)) {
    const manifest = readManifest(paths, folder);
    if (verdict === "good" && manifest) replaceManifest(paths, folder, { ...manifest, verifiedAt });
  }
  return listRunners(paths);
}

function describe(paths: Paths, folder: string): InstalledRunner {
  const path = runnerPath(paths, folder);
  const roles = (["current", "previous", "pinned"] as const).filter(
    (name) => linkedFolder(paths, name) === folder,
  );
  const manifest = readManifest(paths, folder);
  if (!manifest || folderNameOf(manifest) !== folder) {
    const version = folder.slice(17);
    return { folder, path, version, roles, verdict: "bad", reason: "has no valid manifest.json" };
  }
  const judged = judgeFile(path, manifest);
  const { version, sha256, size, source, installedAt, verifiedAt } = manifest;
  const known = { folder, path, version, sha256, size, source, installedAt, verifiedAt, roles };
  return judged.verdict === "bad"
    ? { ...known, verdict: "bad", reason: judged.reason }
    : { ...known, verdict: judged.verdict };
}
