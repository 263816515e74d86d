import { readFileSync } from "node:fs";

import { target } from "../base/build-info.ts";
import { findHome, pathsOf } from "../base/paths.ts";
import { chooseRunner } from "../release/choose-runner.ts";
import { readBuildFacts } from "./build-facts.ts";
import { places, say } from "./places.ts";
import { runStep } from "./run-step.ts";

await runStep(async () => {
  const { version } = readBuildFacts(process.env);
  const runner = await chooseRunner(
    pathsOf(findHome(process.env)),
    { bytes: readFileSync(places.runner), version, target, source: "local" },
    { onProgress: say },
  );
  say("installed", runner.path, runner.version, `sha256 ${runner.sha256.slice(0, 16)}`);
  say(
    "a running server takes it with `stigmer server restart`; `stigmer runner reset` ends its use",
  );
});
