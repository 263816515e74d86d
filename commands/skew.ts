import { agentRunner } from "../embed/agent-runner.ts";
import { buildIdentity } from "../src/base/build-identity.ts";
import { version } from "../src/base/build-info.ts";

/** What a running server says of its build. */
export interface RunningBuild {
  readonly version: string;
  readonly build?: string | undefined;
}

export const SKEW_FIX = '"stigmer server restart" brings them together';

/** How the running server is another build than this one; undefined when it is the same. It goes on with what it was started from. */
export function skewOf(running: RunningBuild): string | undefined {
  if (running.version !== version)
    return `the server is ${running.version}, but this is ${version}`;
  const own = buildIdentity(agentRunner.sha256);
  if (running.build === own) return undefined;
  return `the server is another build of ${version} (${running.build ?? "unnamed"}) than this (${own})`;
}
