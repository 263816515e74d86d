import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { BuildMetafile } from "bun";

import { RUNTIME_FLAGS } from "../release/runner-command.ts";
import { metafileOf } from "./metafile.ts";

/** Makes the file run by itself wherever `stigmer` is on the PATH; nothing in the working directory can influence it. */
const FIRST_LINE = `#!/usr/bin/env -S BUN_BE_BUN=1 stigmer ${RUNTIME_FLAGS.join(" ")}`;

/** Bundles the agent-runner into one file, and tells what went in. The same sources give the same bytes, in any folder. */
export async function bundleRunner(options: {
  readonly entry: string;
  readonly outfile: string;
  readonly version: string;
}): Promise<BuildMetafile> {
  const built = await Bun.build({
    entrypoints: [options.entry],
    target: "bun",
    format: "esm",
    minify: true,
    metafile: true,
    define: {
      BUILD_VERSION: JSON.stringify(options.version),
      "process.env.NODE_ENV": '"production"',
    },
  });
  const [bundle, ...others] = built.outputs;
  if (!bundle || others.length > 0) {
    throw new Error(`the agent-runner became ${built.outputs.length} files instead of one`);
  }
  const code = await bundle.text();
  writeReplacing(options.outfile, `${FIRST_LINE}\n${code.replace(/^#!.*\n/, "")}`);
  return metafileOf(built);
}

function writeReplacing(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const scratch = `${path}.${process.pid}`;
  writeFileSync(scratch, text);
  chmodSync(scratch, 0o755);
  renameSync(scratch, path);
}
