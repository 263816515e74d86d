import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { BuildMetafile, BunPlugin } from "bun";

import { sha256Hex } from "../base/sha256.ts";
import type { BuildFacts } from "./build-facts.ts";
import { metafileOf } from "./metafile.ts";
import type { Target } from "./release/targets.ts";

export interface CompileOptions {
  readonly facts: BuildFacts;
  /** The program to compile. */
  readonly entry: string;
  /** The bundle that goes into it. */
  readonly runner: string;
  readonly outfile: string;
  /** What a release is made for; a development build is for the machine that makes it. */
  readonly release?: ReleaseOptions;
  /** Lets tests kill an installation between any two steps; never in a file that people get. */
  readonly hasCheckpoints?: boolean;
}

export interface ReleaseOptions {
  readonly target: Target;
  /** A checked Bun of that target. */
  readonly runtime: string;
  /** The public key that an upgrade must be signed with. */
  readonly releaseKey: string;
}

/**
 * Compiles everything into one executable, and tells what went in. Nothing in a user's working directory configures it.
 */
export async function compileBinary(options: CompileOptions): Promise<BuildMetafile> {
  const { outfile, runner, release } = options;
  const folder = join(dirname(outfile), `.build-${process.pid}`);
  // The name of the output is part of its bytes, so it is the same in each scratch folder.
  const scratch = join(folder, basename(outfile));
  mkdirSync(folder, { recursive: true });
  try {
    const built = await Bun.build({
      entrypoints: [options.entry],
      // A command loads only its own chunk, and finds it compiled: that halves the time of a short command.
      format: "esm",
      splitting: true,
      bytecode: true,
      minify: true,
      // Every import is known now, so that none is looked up on a user's disk.
      allowUnresolved: [],
      metafile: true,
      define: defines(options),
      plugins: [embed(runner), withoutMigrationFolder],
      compile: {
        outfile: scratch,
        ...(release ? { target: release.target.bun, executablePath: release.runtime } : {}),
        autoloadDotenv: false,
        autoloadBunfig: false,
        autoloadTsconfig: false,
        autoloadPackageJson: false,
      },
    });
    renameSync(scratch, outfile);
    return metafileOf(built);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kysely can read migrations from a disk, by imports that nobody knows before; ours travel in the binary. */
const withoutMigrationFolder: BunPlugin = {
  name: "without-migration-folder",
  setup: (build) => {
    build.onLoad({ filter: /\/kysely\/.*\/file-migration-provider\.js$/ }, () => ({
      contents: "export class FileMigrationProvider {}",
    }));
  },
};

/**
 * Builds of several versions at once must not share one path for what they embed. What it is called goes into the names
 * of chunks, so it is called the same wherever it lies.
 */
function embed(runner: string): BunPlugin {
  return {
    name: "embed",
    setup: (build) => {
      build.onResolve({ filter: /\/dist\/agent-runner$/ }, () => ({
        path: "agent-runner",
        namespace: "embed",
      }));
      build.onLoad({ filter: /^agent-runner$/, namespace: "embed" }, () => ({
        contents: readFileSync(runner),
        loader: "file",
      }));
    },
  };
}

function defines(options: CompileOptions): Record<string, string> {
  const { version, commit, time } = options.facts;
  const runner = readFileSync(options.runner);
  const values = {
    BUILD_VERSION: version,
    BUILD_COMMIT: commit,
    BUILD_TIME: time,
    ...(options.release && {
      BUILD_TARGET: options.release.target.name,
      BUILD_RELEASE_KEY: options.release.releaseKey,
    }),
    RUNNER_SHA256: sha256Hex(runner),
    RUNNER_SIZE: runner.length,
    BUILD_CHECKPOINTS: options.hasCheckpoints ?? false,
    "process.env.NODE_ENV": "production",
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}
