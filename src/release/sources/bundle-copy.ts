import { statSync } from "node:fs";
import { join } from "node:path";

import { systemCodeOf } from "../../base/errors.ts";
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
    if (named) return readCopy(statSync(named).isDirectory() ? join(named, asset) : named);
    try {
      return readCopy(join(SYSTEM_FOLDER, asset));
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
};
