import { commit } from "./build-info.ts";

/** Tells two builds of one version apart, as developers have them: by the commit and by the agent-runner inside. */
export function buildIdentity(runnerSha256: string): string {
  return `${commit}/${runnerSha256.slice(0, 16)}`;
}
