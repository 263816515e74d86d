import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { releases } from "../multicall/compiled.ts";

let made: string | undefined;

/** A copy of the old release whose own agent-runner has one bit turned: it must heal from elsewhere. */
export function damagedBinary(): string {
  made ??= makeDamaged();
  return made;
}

function makeDamaged(): string {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-damaged-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "stigmer");
  cpSync(releases.old.binary, path);
  const bytes = readFileSync(path);
  const at = bytes.indexOf(readFileSync(releases.old.runner).subarray(-64));
  if (at === -1) throw new Error("the agent-runner is not in the binary as it is");
  bytes[at + 10] = (bytes[at + 10] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  return path;
}
