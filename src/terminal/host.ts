import { fstatSync } from "node:fs";

import type { Host } from "./terminal.ts";

/**
 * This process. Opening `process.stdout` or `node:tty` takes longer than a short command runs, so they are asked only
 * about what can be a terminal, and never about a pipe or a file.
 */
export const processHost: Host = {
  stdout: {
    get isTTY() {
      return isDevice(1) && process.stdout.isTTY;
    },
    get columns() {
      return process.stdout.columns;
    },
  },
  stderr: {
    get isTTY() {
      return isDevice(2) && process.stderr.isTTY;
    },
    get columns() {
      return process.stderr.columns;
    },
    get rows() {
      return process.stderr.rows;
    },
  },
  env: process.env,
};

/** False for a descriptor that is closed, too. */
function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
