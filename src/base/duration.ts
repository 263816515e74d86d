import { StigmerError } from "./errors.ts";

const ISO_8601 =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECONDS_PER_UNIT = [604_800, 86_400, 3_600, 60, 1];

/** Milliseconds of an ISO 8601 duration such as `PT1M30S`. Years and months have no fixed length and are refused. */
export function parseDurationMs(text: string): number {
  const match = ISO_8601.exec(text);
  if (!match || text.endsWith("P") || text.endsWith("T")) {
    throw new StigmerError("invalid_input", `"${text}" is not an ISO 8601 duration`, {
      hint: 'write it like "PT30S" or "P1DT2H"; years and months are not allowed',
    });
  }
  const seconds = match
    .slice(1)
    .reduce((total, part, index) => total + Number(part ?? 0) * (SECONDS_PER_UNIT[index] ?? 0), 0);
  return Math.round(seconds * 1000);
}

/** A duration as people read it: `840 ms`, `12.3 s`, `4 m 05 s`, `2 h 03 m`, `3 d 04 h`. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${twoDigits(hours % 24)} h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
