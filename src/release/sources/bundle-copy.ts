import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

import { StigmerError, systemCodeOf } from "../../base/errors.ts";
import { agentRunnerAsset } from "../download/asset-url.ts";
import { readCopy } from "../read-copy.ts";
import type { Source } from "../sources.ts";

/** Where a system package may put a copy for machines that reach no network. */
const SYSTEM_FOLDER = "/usr/lib/stigmer";

/** A copy that somebody put on this machine: the file or folder that STIGMER_RUNNER_BUNDLE names, else a package's. */
export const bundleCopy: Source = {
  name: "bundle",
  read: async ({ build, environment }) => {
    const asset = agentRunnerAsset(build);
    const named = environment["STIGMER_RUNNER_BUNDLE"];
    if (named) return readNamed(named, asset);
    try {
      return readCopy(join(SYSTEM_FOLDER, asset));
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
};

function readNamed(named: string, asset: string): Uint8Array {
  // The server works in another folder than the command that starts it.
  if (!isAbsolute(named)) throw wrongName(named, "is not an absolute path");
  try {
    return readCopy(statSync(named).isDirectory() ? join(named, asset) : named);
  } catch (error) {
    const code = systemCodeOf(error);
    if (error instanceof StigmerError || code === undefined) throw error;
    throw wrongName(named, `cannot be read (${code})`);
  }
}

function wrongName(named: string, fault: string): StigmerError {
  return new StigmerError("usage", `STIGMER_RUNNER_BUNDLE names ${named}, which ${fault}`, {
    hint: "name the file agent-runner-<version>-<os>-<arch> of a release, or its folder",
  });
}
