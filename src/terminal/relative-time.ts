const UNITS: [limitMs: number, unitMs: number, name: string][] = [
  [60_000, 1_000, "s"],
  [3_600_000, 60_000, "m"],
  [86_400_000, 3_600_000, "h"],
  [Number.POSITIVE_INFINITY, 86_400_000, "d"],
];

/** How long ago a time was, in its one largest unit: `now`, `12 s ago`, `3 m ago`, `5 d ago`. */
export function formatAge(time: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(time);
  if (!(ageMs >= 1_000)) return "now";
  for (const [limitMs, unitMs, name] of UNITS) {
    if (ageMs < limitMs) return `${Math.floor(ageMs / unitMs)} ${name} ago`;
  }
  throw new Error("unreachable: the last unit has no limit");
}
