import { progressBar } from "../../src/release/download/progress.ts";
import type { DownloadProgress } from "../../src/release/download/request.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

const CLEAR_LINE = "\r\u001B[K";

/** A bar where there is a person to look at it; elsewhere nothing, so that the release tells each tenth in a line. */
export function showDownload({ screen, isQuiet, isJson }: Terminal): {
  onDownload?: (progress: DownloadProgress) => void;
} {
  if (!screen.isInteractive || isQuiet || isJson) return {};
  return {
    onDownload: (progress) => {
      const isDone = progress.receivedBytes === progress.totalBytes;
      const bar = progressBar(progress, screen.columns - 1);
      screen.write(`${CLEAR_LINE}${isDone ? "" : bar}`);
    },
  };
}
