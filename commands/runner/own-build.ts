import { agentRunner } from "../../embed/agent-runner.ts";
import { target, version } from "../../src/base/build-info.ts";
import type { RunnerBuild } from "../../src/release/runner-file.ts";

/** What this binary carries. */
export const ownBuild: RunnerBuild = { version, target, embedded: agentRunner };
