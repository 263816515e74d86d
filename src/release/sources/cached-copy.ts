import { join } from "node:path";

import { systemCodeOf } from "../../base/errors.ts";
import { readCopy } from "../read-copy.ts";
import type { Source } from "../sources.ts";

/** What an earlier download brought. Checked again like any other copy: a cache is only a disk. */
export const cachedCopy: Source = {
  name: "cache",
  read: async ({ build, paths }) => {
    try {
      return readCopy(join(paths.downloads, build.embedded.sha256));
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
};
