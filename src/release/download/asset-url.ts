import { StigmerError } from "../../base/errors.ts";
import type { Environment } from "./request.ts";
import { chosenBaseUrl } from "./source-url.ts";

const RELEASES = "https://github.com/stigmer/stigmer/releases/download";
const VERSION = /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

export interface Asset {
  readonly version: string;
  /** `linux-amd64`, `darwin-arm64`, … */
  readonly target: string;
}

/** The file name under which a release carries its agent-runner. */
export function agentRunnerAsset({ version, target }: Asset): string {
  return `agent-runner-${version}-${target}`;
}

/**
 * Where exactly this version's agent-runner lies: below the tag, so that no look-up of a newest version is needed. A
 * base that a person chose replaces ours: nothing is asked of GitHub then.
 */
export function agentRunnerUrl(asset: Asset, environment: Environment): string {
  if (!VERSION.test(asset.version)) {
    throw new StigmerError("not_found", `no release has the version "${asset.version}"`, {
      hint: "a development build is downloaded from nowhere: run `make install-agent-runner`",
    });
  }
  const base = chosenBaseUrl(environment)?.href ?? RELEASES;
  return `${base.replace(/\/+$/, "")}/${asset.version}/${agentRunnerAsset(asset)}`;
}
