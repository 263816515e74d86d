import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

import { readBuildFacts } from "./build-facts.ts";
import { places, say } from "./places.ts";

const NAMES = ["stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"];

const folder = resolve(process.argv[2] ?? "");
mkdirSync(folder, { recursive: true });
replace("stigmer", (scratch) => copyFileSync(places.binary, scratch));
for (const name of NAMES) replace(name, (scratch) => symlinkSync("stigmer", scratch));
const { version, commit } = readBuildFacts(process.env);
say("installed", join(folder, "stigmer"), version, commit);
say("with links", ...NAMES);
if (!(process.env["PATH"] ?? "").split(delimiter).includes(folder)) {
  say(`${folder} is not on your PATH: add it, or choose another with PREFIX=<folder>`);
}

/** By one rename: the file of a running program cannot be written, but it can be replaced. */
function replace(name: string, make: (scratch: string) => void): void {
  const scratch = join(folder, `.${name}.${process.pid}`);
  rmSync(scratch, { force: true });
  make(scratch);
  renameSync(scratch, join(folder, name));
}
