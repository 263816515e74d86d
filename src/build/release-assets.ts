import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { readBuildFacts } from "./build-facts.ts";
import { places, say } from "./places.ts";
import { chooseTargets } from "./release/targets.ts";
import { linkLatest, writeRelease } from "./release/write-release.ts";
import { runStep } from "./run-step.ts";

await runStep(async () => {
  const start = performance.now();
  const { SIGNING_KEY: signingKey, PUBLIC_KEY: publicKey, SIGNED: signedFolder } = process.env;
  const facts = readBuildFacts(process.env);
  const { version } = facts;
  if (version === "dev") {
    throw new StigmerError("usage", "a release needs a version", {
      hint: "make release-assets VERSION=v1.2.3",
    });
  }
  const folder = join(places.releases, version);
  await writeRelease({
    version,
    targets: chooseTargets(process.env["TARGETS"]),
    folder,
    npmFolder: join(places.npmPackages, version),
    signingKey: signingKey || undefined,
    publicKey: publicKey || undefined,
    signedFolder: signedFolder || undefined,
    facts,
    onStep: say,
  });
  linkLatest(places.releases, version);
  for (const name of readdirSync(folder).toSorted()) {
    say(`${(statSync(join(folder, name)).size / 1e3).toFixed(1).padStart(8)} kB`, name);
  }
  say(folder, facts.commit, `${((performance.now() - start) / 1_000).toFixed(0)} s`);
  if (!signingKey && !publicKey) {
    say("signed with the practice key, which everybody has: to try a release, not to publish it");
  }
});
