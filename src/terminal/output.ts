import { writeSync } from "node:fs";

import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";

const STDOUT = 1;
/** How long a full pipe is left alone before the next try. */
const RETRY_MS = 1;

/** Who reads our output has gone away (`stigmer runs list | head -1`): the command ends, and nothing is said. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

let isResultBegun = false;

/** Whether anything went to stdout: an error must not follow a document there. */
export function hasPrinted(): boolean {
  return isResultBegun;
}

/**
 * Writes all of the text before it returns, so that no exit cuts it off and a full disk is noticed. A pipe that is set
 * to non-blocking by whoever shares it answers EAGAIN when it is full: then the write waits.
 */
export function writeWhole(descriptor: number, text: string): void {
  if (descriptor === STDOUT) isResultBegun = true;
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === "EPIPE") throw new OutputClosed();
      if (code !== "EAGAIN") throw cannotWrite(error);
      Bun.sleepSync(RETRY_MS);
    }
  }
}

function cannotWrite(error: unknown): StigmerError {
  return new StigmerError("failed", `the output could not be written: ${messageOf(error)}`, {
    cause: error,
  });
}
