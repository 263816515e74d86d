import { ownExecutable } from "../base/process-executable.ts";

/**
 * What keeps the runtime from reading anything of a working directory that could set a variable or run code: `.env`,
 * `bunfig.toml`, the `paths` of a `tsconfig.json`; and from fetching a package that an import does not find.
 */
export const RUNTIME_FLAGS = [
  "--no-env-file",
  "--no-install",
  "--config=/dev/null",
  "--tsconfig-override=/dev/null",
] as const;

/** How a runner is started: this program's own runtime, which nothing in the working directory can influence. */
export function runnerCommand(path: string): {
  command: string[];
  environment: { BUN_BE_BUN: "1" };
} {
  return {
    command: [ownExecutable(), ...RUNTIME_FLAGS, path],
    environment: { BUN_BE_BUN: "1" },
  };
}
