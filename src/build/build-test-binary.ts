import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { bundleRunner } from "./bundle-runner.ts";
import { compileBinary } from "./compile-binary.ts";
import { places } from "./places.ts";

/** Two releases, for the tests of upgrades and downloads. */
const RELEASES = ["v9.9.1", "v9.9.2"];

const facts = readBuildFacts(process.env);
const { entry, runner, runnerEntry, testBinary } = places;
const folder = dirname(testBinary);
mkdirSync(folder, { recursive: true });
// The binary that the crash tests kill at each step.
await compileBinary({ facts, entry, runner, outfile: testBinary, hasCheckpoints: true });
for (const version of RELEASES) {
  const own = join(folder, version, "agent-runner");
  await bundleRunner({ entry: runnerEntry, outfile: own, version });
  const outfile = join(folder, version, "stigmer");
  await compileBinary({ facts: { ...facts, version }, entry, runner: own, outfile });
}
