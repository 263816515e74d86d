import { readFileSync } from "node:fs";
import { join } from "node:path";

import { systemCodeOf } from "../../base/errors.ts";
import type { Source } from "../sources.ts";

/** Where a system package may put a copy for machines that reach no network. */
const SYSTEM_FOLDER = "/usr/lib/stigmer";

/** A copy that somebody put on this machine: the file that STIGMER_RUNNER_BUNDLE names, else a package's. */
export const bundleCopy: Source = {
  name: "bundle",
  read: async ({ build, environment }) => {
    const named = environment["STIGMER_RUNNER_BUNDLE"];
    if (named) return readFileSync(named);
    try {
      return readFileSync(join(SYSTEM_FOLDER, `agent-runner-${build.version}-${build.target}`));
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
};
