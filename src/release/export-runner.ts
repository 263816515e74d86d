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
    const code = systemCodeOf(error);
    if (error instanceof StigmerError || code === undefined) throw error;
    throw notWritten(`"${file}" cannot be written: ${REASONS[code] ?? messageOf(error)}`, {
      cause: error,
    });
  }
}

const HINT = "name a file in a folder that you may write to";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no folder can be made there",
  EEXIST: "a file is where its folder should be",
  ENOTDIR: "a file is where its folder should be",
  EACCES: "permission is denied",
  EPERM: "it is not permitted",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "its name is too long",
};

function copyAside(runner: RunnerFile, file: string): void {
  if (file === "") throw notWritten("the name of the file is empty");
  const folder = dirname(resolve(file));
  mkdirSync(folder, { recursive: true });
  // A rename would replace a device or a link to one by a file.
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile()) {
    const hint = found.isDirectory() ? `name a file in it: ${join(file, "agent-runner")}` : HINT;
    throw notWritten(`"${file}" is there, and is no file`, { hint });
  }
  const scratch = join(folder, `.agent-runner.${process.pid}`);
  try {
    writeDurably(scratch, readFileSync(runner.path), 0o755);
    renameSync(scratch, file);
  } finally {
    rmSync(scratch, { force: true });
  }
}

function notWritten(
  message: string,
  { hint = HINT, cause }: { hint?: string; cause?: unknown } = {},
): StigmerError {
  return new StigmerError("failed", message, { hint, cause });
}
