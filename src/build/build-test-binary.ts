import { copyFileSync, mkdirSync, renameSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { compileBinary } from "./compile-binary.ts";
import { places } from "./places.ts";
import { hostTarget } from "./release/runtimes.ts";
import { linkLatest, writeRelease } from "./release/write-release.ts";

/** Two releases, for the tests of upgrades and downloads. */
const RELEASES = ["v9.9.1", "v9.9.2"];

const facts = readBuildFacts(process.env);
const { entry, runner, testBinary } = places;
const folder = dirname(testBinary);
mkdirSync(folder, { recursive: true });
// The binary that the crash tests kill at each step.
await compileBinary({ facts, entry, runner, outfile: testBinary, hasCheckpoints: true });
const target = hostTarget();
for (const version of RELEASES) {
  const release = join(folder, "release", version);
  const binariesFolder = join(folder, version);
  await writeRelease({ version, targets: [target], folder: release, binariesFolder, facts });
  renameSync(join(binariesFolder, target.name, "stigmer"), join(binariesFolder, "stigmer"));
  rmdirSync(join(binariesFolder, target.name));
  const asset = join(release, `agent-runner-${version}-${target.name}`);
  copyFileSync(asset, join(binariesFolder, "agent-runner"));
  linkLatest(join(folder, "release"), version);
}
