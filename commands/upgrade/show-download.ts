import { progressBar, progressLine } from "../../src/release/download/progress.ts";
import type { DownloadProgress } from "../../src/release/download/request.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

const CLEAR_LINE = "\r\u001B[K";

export interface ShownDownload {
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly onNotice: (message: string) => void;
}

/** A bar for a person, which is gone when the work ends or something is said; a line each tenth for a log. */
export async function showingDownload<T>(
  terminal: Terminal,
  say: (message: string) => void,
  work: (shown: ShownDownload) => Promise<T>,
): Promise<T> {
  const { screen, isQuiet, isJson } = terminal;
  if (!screen.isInteractive || isQuiet || isJson) {
    return work({ onProgress: tellTenths(say), onNotice: say });
  }
  let isShown = false;
  const clear = (): void => {
    if (isShown) screen.write(CLEAR_LINE);
    isShown = false;
  };
  try {
    return await work({
      onProgress: (progress) => {
        screen.write(`${CLEAR_LINE}${progressBar(progress, screen.columns - 1)}`);
        isShown = true;
      },
      onNotice: (message) => {
        clear();
        say(message);
      },
    });
  } finally {
    clear();
  }
}

function tellTenths(say: (message: string) => void): (progress: DownloadProgress) => void {
  let previous: DownloadProgress | undefined;
  return (progress) => {
    const line = progressLine(progress, previous);
    previous = progress;
    if (line !== undefined) say(line);
  };
}
