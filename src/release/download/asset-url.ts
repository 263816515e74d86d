import { StigmerError } from "../../base/errors.ts";
import { isReleaseVersion } from "../../base/release-version.ts";
import type { Environment } from "./request.ts";
import { chosenBaseUrl } from "./source-url.ts";

const GITHUB = "https://github.com/stigmer/stigmer/releases";

export interface Asset {
  readonly version: string;
  /** `linux-amd64`, `darwin-arm64`, … */
  readonly target: string;
}

/** The file name under which a release carries its agent-runner. */
export function agentRunnerAsset({ version, target }: Asset): string {
  return `agent-runner-${version}-${target}`;
}

/** The file name under which a release carries the program itself, with its licence. */
export function programAsset({ version, target }: Asset): string {
  return `stigmer-${version}-${target}.tar.gz`;
}

export function agentRunnerUrl(asset: Asset, environment: Environment): string {
  return releaseAssetUrl(asset.version, agentRunnerAsset(asset), environment);
}

/**
 * Where exactly a file of this version's release lies: below the tag, so that no look-up of a newest version is needed.
 * A base that a person chose replaces ours: nothing is asked of GitHub then.
 */
export function releaseAssetUrl(version: string, name: string, environment: Environment): string {
  if (!isReleaseVersion(version)) {
    throw new StigmerError("not_found", `no release has the version "${version}"`, {
      hint: "a development build is downloaded from nowhere: run `make install-agent-runner`",
    });
  }
  return `${chosenBase(environment) ?? `${GITHUB}/download`}/${version}/${name}`;
}

/** Where a file of the newest release lies. */
export function newestAssetUrl(name: string, environment: Environment): string {
  const base = chosenBase(environment);
  return base === undefined ? `${GITHUB}/latest/download/${name}` : `${base}/latest/${name}`;
}

/** The page that tells people what a release brings. */
export function releaseNotesUrl(version: string): string {
  return `${GITHUB}/tag/${version}`;
}

function chosenBase(environment: Environment): string | undefined {
  return chosenBaseUrl(environment)?.href.replace(/\/+$/, "");
}
