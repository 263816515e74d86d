import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { releases } from "../multicall/compiled.ts";

/**
 * A copy of the old release whose own agent-runner has one bit turned: it must heal from elsewhere. It lies among the
 * builds and is made again after each, so that no test leaves a file of its size behind.
 */
export function damagedBinary(): string {
  const { binary, runner } = releases.old;
  const path = join(dirname(binary), "../damaged/stigmer");
  const made = statSync(path, { throwIfNoEntry: false });
  if (made && made.mtimeMs >= statSync(binary).mtimeMs) return path;
  mkdirSync(dirname(path), { recursive: true });
  const scratch = `${path}.${process.pid}`;
  copyFileSync(binary, scratch);
  turnOneBit(scratch, readFileSync(runner).subarray(-64));
  renameSync(scratch, path);
  return path;
}

/** In the last place where this end of the agent-runner lies in the binary. */
export function turnOneBit(binary: string, end: Uint8Array): void {
  const bytes = readFileSync(binary);
  const at = bytes.lastIndexOf(end);
  if (at === -1) throw new Error("the agent-runner is not in the binary as it is");
  bytes[at + 10] = (bytes[at + 10] ?? 0) ^ 1;
  writeFileSync(binary, bytes);
}
