import { statSync } from "node:fs";

import { readBuildFacts } from "./build-facts.ts";
import { compileBinary } from "./compile-binary.ts";
import { places, say } from "./places.ts";
import { runStep } from "./run-step.ts";

await runStep(async () => {
  const facts = readBuildFacts(process.env);
  const { entry, runner, binary } = places;
  await compileBinary({ facts, entry, runner, outfile: binary });
  const size = `${(statSync(binary).size / 1e6).toFixed(1)} MB`;
  say("dist/stigmer", facts.version, facts.commit, size);
});
