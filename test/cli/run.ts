import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import { Glob } from "bun";

import { faultOf } from "./check.ts";
import { BINARY, play } from "./play.ts";
import { formatSession, parseSession } from "./session.ts";

/**
 * Plays the terminal sessions of this folder, or those that are named, against `dist/stigmer`. UPDATE_GOLDEN=1 writes
 * what they print into them.
 */
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

if (!existsSync(BINARY)) {
  console.error(`${BINARY} is missing: make build`);
  process.exit(1);
}
const wanted = process.argv.slice(2);
const files = [...new Glob("*.txt").scanSync({ cwd: import.meta.dir, absolute: true })].toSorted();
let passed = 0;
let failed = 0;
for (const file of files) {
  const name = basename(file, ".txt");
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const session = parseSession(readFileSync(file, "utf8"));
  const printed = await play(session);
  if (isUpdate) writeFileSync(file, formatSession(session, printed));
  for (const [index, step] of session.steps.entries()) {
    const got = printed[index];
    const fault = got && !isUpdate ? faultOf(step, got) : undefined;
    if (fault === undefined) {
      passed += 1;
      continue;
    }
    failed += 1;
    console.error(`${name}.txt:${step.line}: $ ${step.command}\n${fault}\n`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
