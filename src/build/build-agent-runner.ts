import { statSync } from "node:fs";
import { join } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { bundleRunner } from "./bundle-runner.ts";

const root = join(import.meta.dir, "../..");
const outfile = join(root, "dist/agent-runner");
const { version } = readBuildFacts(process.env);
await bundleRunner({ entry: join(root, "src/agent-runner/main.ts"), outfile, version });
const kilobytes = Math.round(statSync(outfile).size / 1_000);
process.stdout.write(`dist/agent-runner  ${version}  ${kilobytes} kB\n`);
