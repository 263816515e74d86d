import { ownExecutable } from "../base/process-executable.ts";

/** How a runner is started: this program's own runtime, which nothing in the working directory can influence. */
export function runnerCommand(path: string): {
  command: string[];
  environment: { BUN_BE_BUN: "1" };
} {
  return {
    command: [ownExecutable(), "--no-env-file", "--config=/dev/null", path],
    environment: { BUN_BE_BUN: "1" },
  };
}
