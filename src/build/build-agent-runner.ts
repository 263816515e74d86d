import { statSync } from "node:fs";

import { readBuildFacts } from "./build-facts.ts";
import { bundleRunner } from "./bundle-runner.ts";
import { places, say } from "./places.ts";
import { runStep } from "./run-step.ts";

await runStep(async () => {
  const { version } = readBuildFacts(process.env);
  await bundleRunner({ entry: places.runnerEntry, outfile: places.runner, version });
  say("dist/agent-runner", version, `${Math.round(statSync(places.runner).size / 1_000)} kB`);
});
