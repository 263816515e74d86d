import { readFileSync } from "node:fs";

import { agentRunnerUrl } from "../download/asset-url.ts";
import { downloadFile } from "../download/download.ts";
import { progressLine } from "../download/progress.ts";
import type { DownloadProgress } from "../download/request.ts";
import type { Source, SourceRequest } from "../sources.ts";

/** The file of the same version's release. A development build has no release, and the address says so. */
export const releasedCopy: Source = {
  name: "download",
  read: async (request) => {
    const { build, paths, environment, onProgress } = request;
    const url = agentRunnerUrl(build, environment);
    const file = await downloadFile({
      url,
      sha256: build.embedded.sha256,
      sizeBytes: build.embedded.size,
      folder: paths.downloads,
      environment,
      onNotice: onProgress,
      onProgress: request.onDownload ?? tellTenths(request),
    });
    return readFileSync(file);
  },
};

function tellTenths({ onProgress }: SourceRequest): (progress: DownloadProgress) => void {
  let previous: DownloadProgress | undefined;
  return (progress) => {
    const line = progressLine(progress, previous);
    previous = progress;
    if (line !== undefined) onProgress(line);
  };
}
