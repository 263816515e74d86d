import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { writeDurably } from "../base/durable-file.ts";
import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import type { RunnerFile } from "./runner-file.ts";

/** Writes a checked copy of the runner in use, for a machine that reaches no network. */
export async function exportRunner(runner: RunnerFile, file: string): Promise<void> {
  try {
    copyAside(runner, file);
  } catch (error) {
    if (error instanceof StigmerError || systemCodeOf(error) === undefined) throw error;
    throw notWritten(`${file} cannot be written: ${messageOf(error)}`, error);
  }
}

function copyAside(runner: RunnerFile, file: string): void {
  const folder = dirname(resolve(file));
  mkdirSync(folder, { recursive: true });
  // A rename would replace a device or a link to one by a file.
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile()) throw notWritten(`${file} is there, and is no file`);
  const scratch = join(folder, `.agent-runner.${process.pid}`);
  try {
    writeDurably(scratch, readFileSync(runner.path), 0o755);
    renameSync(scratch, file);
  } finally {
    rmSync(scratch, { force: true });
  }
}

function notWritten(message: string, cause?: unknown): StigmerError {
  return new StigmerError("failed", message, {
    hint: "name a file in a folder that you may write to",
    cause,
  });
}
