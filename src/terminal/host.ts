import { isatty } from "node:tty";

import type { Host } from "./terminal.ts";

/** This process. `process.stdout` takes longer to open than a short command runs, so it is asked for sizes only. */
export const processHost: Host = {
  stdout: {
    get isTTY() {
      return isatty(1);
    },
    get columns() {
      return process.stdout.columns;
    },
  },
  stderr: {
    get isTTY() {
      return isatty(2);
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
