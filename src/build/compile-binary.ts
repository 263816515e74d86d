import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { sha256Hex } from "../base/sha256.ts";
import type { BuildFacts } from "./build-facts.ts";

export interface CompileOptions {
  readonly facts: BuildFacts;
  /** The bundle that goes into the binary: always `dist/agent-runner` below `root`. */
  readonly root: string;
  readonly outfile: string;
  /** Lets tests kill an installation between any two steps; never in a file that people get. */
  readonly hasCheckpoints?: boolean;
}

/** Compiles everything into one executable. Nothing in a user's working directory configures it. */
export async function compileBinary(options: CompileOptions): Promise<void> {
  const { root, outfile } = options;
  const folder = join(dirname(outfile), `.build-${process.pid}`);
  // The name of the output is part of its bytes, so it is the same in each scratch folder.
  const scratch = join(folder, basename(outfile));
  mkdirSync(folder, { recursive: true });
  try {
    const command = [process.execPath, "build", ...flags(options), "--outfile", scratch];
    const child = Bun.spawn([...command, join(root, "src/multicall/main.ts")], {
      cwd: root,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await child.exited) !== 0) throw new Error("the binary could not be compiled");
    renameSync(scratch, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function flags(options: CompileOptions): string[] {
  return [
    "--compile",
    "--minify",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--reject-unresolved",
    ...defines(options).flatMap(([name, value]) => [
      "--define",
      `${name}=${JSON.stringify(value)}`,
    ]),
  ];
}

function defines(options: CompileOptions): [name: string, value: string | number | boolean][] {
  const { version, commit, time } = options.facts;
  const runner = readFileSync(join(options.root, "dist/agent-runner"));
  return [
    ["BUILD_VERSION", version],
    ["BUILD_COMMIT", commit],
    ["BUILD_TIME", time],
    ["RUNNER_SHA256", sha256Hex(runner)],
    ["RUNNER_SIZE", runner.length],
    ["BUILD_CHECKPOINTS", options.hasCheckpoints ?? false],
    ["process.env.NODE_ENV", "production"],
  ];
}
