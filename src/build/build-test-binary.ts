import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { compileBinary } from "./compile-binary.ts";
import { places } from "./places.ts";

/** The binary that the crash tests kill at each step. */
const { entry, runner, testBinary } = places;
mkdirSync(dirname(testBinary), { recursive: true });
const facts = readBuildFacts(process.env);
await compileBinary({ facts, entry, runner, outfile: testBinary, hasCheckpoints: true });
