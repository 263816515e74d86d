import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { writeDurably } from "../base/durable-file.ts";
import { explainDiskError } from "./disk.ts";
import type { RunnerFile } from "./runner-file.ts";

/** Writes a checked copy of the runner in use, for a machine that reaches no network. */
export async function exportRunner(runner: RunnerFile, file: string): Promise<void> {
  const scratch = join(dirname(resolve(file)), `.agent-runner.${process.pid}`);
  try {
    mkdirSync(dirname(scratch), { recursive: true });
    writeDurably(scratch, readFileSync(runner.path), 0o755);
    renameSync(scratch, file);
  } catch (error) {
    throw explainDiskError(error, dirname(scratch));
  } finally {
    rmSync(scratch, { force: true });
  }
}
