import { readFileSync } from "node:fs";

import file from "../dist/agent-runner" with { type: "file" };
import { sha256Hex } from "../src/base/sha256.ts";

/** Compiled in, so that a copy from anywhere is checked against what this build was made with. */
declare const RUNNER_SHA256: string | undefined;
declare const RUNNER_SIZE: number | undefined;

/** The agent-runner inside the binary. `file` is a path that `Bun.file` can read, and in a compiled binary nothing else. */
export const agentRunner: {
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
} =
  typeof RUNNER_SHA256 === "string" && typeof RUNNER_SIZE === "number"
    ? { file, sha256: RUNNER_SHA256, size: RUNNER_SIZE }
    : fromSource();

/** In the source tree the file is whatever was built last. */
function fromSource(): { file: string; sha256: string; size: number } {
  const bytes = readFileSync(file);
  return { file, sha256: sha256Hex(bytes), size: bytes.length };
}
