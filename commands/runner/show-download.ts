import { progressBar } from "../../src/release/download/progress.ts";
import type { DownloadProgress } from "../../src/release/download/request.ts";
import { tellTenths } from "../../src/release/tell-tenths.ts";
import type { Screen, Terminal } from "../../src/terminal/terminal.ts";

const CLEAR_LINE = "\r\u001B[K";

export interface ShownDownload {
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly onNotice: (message: string) => void;
}

/** A bar where there is a person to look at it; elsewhere nothing, so that the release tells each tenth in a line. */
export function showDownload(terminal: Terminal): {
  onDownload?: (progress: DownloadProgress) => void;
} {
  if (!wantsBar(terminal)) return {};
  const bar = openBar(terminal.screen);
  return {
    onDownload: (progress) => {
      const isDone = progress.receivedBytes === progress.totalBytes;
      if (isDone) bar.clear();
      else bar.draw(progress);
    },
  };
}

/** The same around a piece of work: the bar is gone when it ends or something is said. */
export async function showingDownload<T>(
  terminal: Terminal,
  say: (message: string) => void,
  work: (shown: ShownDownload) => Promise<T>,
): Promise<T> {
  if (!wantsBar(terminal)) return work({ onProgress: tellTenths(say), onNotice: say });
  const bar = openBar(terminal.screen);
  const onNotice = (message: string): void => {
    bar.clear();
    say(message);
  };
  try {
    return await work({ onProgress: bar.draw, onNotice });
  } finally {
    bar.clear();
  }
}

function wantsBar({ screen, isQuiet, isJson }: Terminal): boolean {
  return screen.isInteractive && !isQuiet && !isJson;
}

interface Bar {
  readonly draw: (progress: DownloadProgress) => void;
  readonly clear: () => void;
}

function openBar(screen: Screen): Bar {
  let isShown = false;
  return {
    draw: (progress) => {
      screen.write(`${CLEAR_LINE}${progressBar(progress, screen.columns - 1)}`);
      isShown = true;
    },
    clear: () => {
      if (isShown) screen.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
