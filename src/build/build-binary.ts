import { statSync } from "node:fs";
import { join } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { compileBinary } from "./compile-binary.ts";

const root = join(import.meta.dir, "../..");
const outfile = join(root, "dist/stigmer");
const facts = readBuildFacts(process.env);
await compileBinary({ facts, root, outfile });
const megabytes = (statSync(outfile).size / 1_000_000).toFixed(1);
process.stdout.write(`dist/stigmer  ${facts.version}  ${facts.commit}  ${megabytes} MB\n`);
