import { progressLine } from "./download/progress.ts";
import type { DownloadProgress } from "./download/request.ts";

/** Tells of a download in a line for each tenth, where no bar can be drawn. */
export function tellTenths(
  onProgress: (message: string) => void,
): (progress: DownloadProgress) => void {
  let previous: DownloadProgress | undefined;
  return (progress) => {
    const line = progressLine(progress, previous);
    previous = progress;
    if (line !== undefined) onProgress(line);
  };
}
