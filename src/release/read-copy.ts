import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

import { StigmerError } from "../base/errors.ts";

/** Far more than any agent-runner needs. */
const SIZE_BYTES_MAX = 64 * 1024 * 1024;

/** A file that may be a copy of the agent-runner. Neither waits on a pipe nor swallows a device. */
export function readCopy(path: string): Uint8Array {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw notACopy(`${path} is not a regular file`);
    if (found.size > SIZE_BYTES_MAX) {
      throw notACopy(`${path} has ${found.size} bytes, which is no agent-runner`);
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notACopy(message: string): StigmerError {
  return new StigmerError("invalid_input", message, {
    hint: "name the file agent-runner-<version>-<os>-<arch> of a release",
  });
}
