import { progressLine } from "../../src/release/download/progress.ts";
import type { DownloadProgress } from "../../src/release/download/request.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { showDownload } from "../runner/show-download.ts";

/** A bar for a person, a line each tenth for a log. */
export function showUpgradeDownload(terminal: Terminal): (progress: DownloadProgress) => void {
  const { onDownload } = showDownload(terminal);
  if (onDownload) return onDownload;
  let previous: DownloadProgress | undefined;
  return (progress) => {
    const line = progressLine(progress, previous);
    previous = progress;
    if (line !== undefined) terminal.talk.info(line);
  };
}
