import { exitStatus, StigmerError } from "../base/errors.ts";

/** Runs what a target of make does; a mistake of whoever typed it is told in a sentence, and a bug with its place. */
export async function runStep(step: () => Promise<void> | void): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof StigmerError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    if (error.hint) process.stderr.write(`hint: ${error.hint}\n`);
    process.exitCode = exitStatus[error.code];
  }
}
