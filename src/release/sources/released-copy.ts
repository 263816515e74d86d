import { readFileSync } from "node:fs";

import { readDownloadLimits } from "../download-limits.ts";
import { agentRunnerUrl } from "../download/asset-url.ts";
import { downloadFile } from "../download/download.ts";
import type { Source } from "../sources.ts";
import { tellTenths } from "../tell-tenths.ts";

/** The file of the same version's release. A development build has no release, and the address says so. */
export const releasedCopy: Source = {
  name: "download",
  read: async ({ build, paths, environment, signal, onProgress, onDownload }) => {
    const url = agentRunnerUrl(build, environment);
    const file = await downloadFile({
      url,
      sha256: build.embedded.sha256,
      sizeBytes: build.embedded.size,
      folder: paths.downloads,
      environment,
      ...(signal && { signal }),
      limits: readDownloadLimits(environment),
      onNotice: onProgress,
      onProgress: onDownload ?? tellTenths(onProgress),
    });
    return readFileSync(file);
  },
};
