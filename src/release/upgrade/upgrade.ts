import { StigmerError } from "../../base/errors.ts";
import type { Paths } from "../../base/paths.ts";
import { checkpoint } from "../checkpoint.ts";
import { programAsset, releaseNotesUrl } from "../download/asset-url.ts";
import type { DownloadProgress } from "../download/request.ts";
import { exchange } from "./exchange.ts";
import { fetchArchive } from "./fetch-archive.ts";
import { findRelease, readDigests, type Release, type ReleaseSource } from "./find-release.ts";
import { ownInstallation, requireOwnFile } from "./installation.ts";
import { findManager } from "./package-manager.ts";
import { writeFresh } from "./program-files.ts";
import { isReplacedByWanted } from "./replaced-meanwhile.ts";
import { requireTrustedSource } from "./trusted-source.ts";
import { unpackProgram } from "./unpack-program.ts";
import { sweepIfIdle, underUpgradeLock } from "./upgrade-lock.ts";
import { isNewer } from "./version.ts";

export interface UpgradeRequest extends ReleaseSource {
  readonly paths: Paths;
  /** The one that a person named, also an older one; else the newest. */
  readonly version: string | undefined;
  readonly onNotice: (message: string) => void;
  readonly onProgress: (progress: DownloadProgress) => void;
}

export interface UpgradeCheck {
  readonly current: string;
  readonly newest: string;
  readonly isNewer: boolean;
  /** The page that tells what the newest one brings. */
  readonly notes: string;
  /** What a person runs to get it, as far as that is known. */
  readonly command: string | undefined;
}

export interface UpgradeOutcome {
  /** False when there was nothing to do. */
  readonly isChanged: boolean;
  readonly from: string;
  /** What is installed now. */
  readonly to: string;
  readonly path: string;
}

/** Whether there is a newer release, or what the one of a version is. Changes nothing. */
export async function checkUpgrade(
  request: Omit<UpgradeRequest, "paths" | "onProgress">,
): Promise<UpgradeCheck> {
  const { version: current, path } = ownInstallation();
  requireTrustedSource(request.releaseKey, request.environment);
  const { version: newest } = await findRelease(request.version, request);
  const manager = findManager(path);
  return {
    current,
    newest,
    isNewer: isNewer(newest, current),
    notes: releaseNotesUrl(newest),
    command: manager ? manager.command : "stigmer upgrade",
  };
}

/** Replaces this program by another release, which has been checked and tried by then. */
export async function upgradeProgram(request: UpgradeRequest): Promise<UpgradeOutcome> {
  const installation = ownInstallation();
  // First, so that who has to upgrade by another way hears of that way and of nothing else.
  requireOwnFile(installation);
  requireTrustedSource(request.releaseKey, request.environment);
  const release = await findRelease(request.version, request);
  const { path, version: from } = installation;
  const unchanged = { isChanged: false, from, to: from, path };
  if (!isWanted(release.version, from, request.version)) {
    sweepIfIdle(installation);
    return unchanged;
  }
  const to = release.version;
  const asset = programAsset({ version: to, target: installation.target });
  const sha256 = await readDigest(release, asset, request);
  return fetchArchive({ ...request, version: to, asset, sha256 }, (archive) =>
    underUpgradeLock(installation, request, async () => {
      checkpoint("upgrade-locked");
      if (await isReplacedByWanted(installation, to)) return { ...unchanged, to };
      writeFresh(installation, await unpackProgram(archive, asset));
      checkpoint("upgrade-unpacked");
      await exchange(installation, { version: to, target: installation.target });
      return { isChanged: true, from, to, path };
    }),
  );
}

function isWanted(found: string, current: string, asked: string | undefined): boolean {
  return asked === undefined ? isNewer(found, current) : found !== current;
}

/** Of the archive for this machine, in the list that was signed. */
async function readDigest(release: Release, asset: string, source: ReleaseSource): Promise<string> {
  const sha256 = (await readDigests(release, source)).get(asset);
  if (sha256 !== undefined) return sha256;
  throw new StigmerError("not_found", `the release ${release.version} has no ${asset}`, {
    hint: `it was not built for this machine; see ${releaseNotesUrl(release.version)}`,
  });
}
