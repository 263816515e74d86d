import type { DownloadProgress } from "./request.ts";

const STEP_PERCENT = 10;
/** Where the size is not known. */
const STEP_BYTES = 10_000_000;
const UNITS = ["B", "kB", "MB", "GB"];
const BAR_COLUMNS_MIN = 4;
const BAR_COLUMNS_MAX = 40;

/** One line to be drawn over the last one: a bar as wide as fits, then the figures. */
export function progressBar(progress: DownloadProgress, columns: number): string {
  const percent = percentOf(progress);
  const figures = figuresOf(progress, String(percent).padStart(3));
  const width = Math.min(BAR_COLUMNS_MAX, columns - figures.length - "[] ".length);
  if (width < BAR_COLUMNS_MIN) return figures.slice(0, Math.max(0, columns));
  const filled = Math.floor((width * percent) / 100);
  return `[${"=".repeat(filled)}${" ".repeat(width - filled)}] ${figures}`;
}

/** A line for a log, each time that another tenth is there; undefined in between. */
export function progressLine(
  progress: DownloadProgress,
  previous: DownloadProgress | undefined,
): string | undefined {
  const step = stepOf(progress);
  const isNewTry = previous?.attempt !== progress.attempt;
  if (!isNewTry && step === stepOf(previous)) return undefined;
  return `downloaded ${figuresOf(progress, String(percentOf(progress)))}`;
}

/** Without a known end there is nothing to be a part of. */
function figuresOf(progress: DownloadProgress, percent: string): string {
  const { receivedBytes, totalBytes } = progress;
  const figures =
    totalBytes === undefined
      ? formatBytes(receivedBytes)
      : `${percent} % of ${formatBytes(totalBytes)}`;
  return `${figures}${aside(progress)}`;
}

function aside({ attempt, resumedFrom }: DownloadProgress): string {
  const notes = [
    ...(resumedFrom > 0 ? [`resumed at ${formatBytes(resumedFrom)}`] : []),
    ...(attempt > 1 ? [`try ${attempt}`] : []),
  ];
  return notes.length > 0 ? ` (${notes.join(", ")})` : "";
}

function percentOf({ receivedBytes, totalBytes }: DownloadProgress): number {
  return totalBytes === undefined ? 0 : Math.floor((receivedBytes / totalBytes) * 100);
}

function stepOf(progress: DownloadProgress): number {
  if (progress.totalBytes === undefined) {
    return Math.floor(progress.receivedBytes / STEP_BYTES);
  }
  return Math.floor(percentOf(progress) / STEP_PERCENT);
}

function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}
