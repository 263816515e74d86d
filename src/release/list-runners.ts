import type { Paths } from "../base/paths.ts";
import { judgeFile, type Verdict } from "./judge.ts";
import { installedFolders, linkedFolder, runnerPath } from "./layout.ts";
import { faultOfManifest, noteVerified, readManifest } from "./manifest.ts";
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
  return listRunners(paths).map((runner) => noteGood(paths, runner, verifiedAt));
}

function noteGood(paths: Paths, runner: InstalledRunner, verifiedAt: string): InstalledRunner {
  if (runner.verdict !== "good") return runner;
  noteVerified(paths, runner.folder, { verifiedAt });
  return { ...runner, verifiedAt };
}

function describe(paths: Paths, folder: string): InstalledRunner {
  const path = runnerPath(paths, folder);
  const roles = (["current", "previous", "pinned"] as const).filter(
    (name) => linkedFolder(paths, name) === folder,
  );
  const manifest = readManifest(paths, folder);
  if (!manifest) {
    const version = folder.slice(17);
    const reason = faultOfManifest(paths, folder) ?? "was replaced while it was checked";
    return { folder, path, version, roles, verdict: "bad", reason };
  }
  const judged = judgeFile(path, manifest, { thorough: true });
  const { version, sha256, size, source, installedAt, verifiedAt } = manifest;
  const known = { folder, path, version, sha256, size, source, installedAt, verifiedAt, roles };
  return judged.verdict === "bad"
    ? { ...known, verdict: "bad", reason: judged.reason }
    : { ...known, verdict: judged.verdict };
}
