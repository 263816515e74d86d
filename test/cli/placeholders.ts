import { version as bunVersion } from "bun";

/** What of an output is different each time. */
export interface Places {
  readonly root: string;
  readonly home: string;
  readonly folder: string;
  readonly port: number;
}

const PATTERNS: [RegExp, string][] = [
  [/\b(run|agt|wfl)_[0-9a-f]{32}\b/g, "[$1-id]"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, "[time]"],
  [/\b\d\d:\d\d:\d\d(?:\.\d{3})?\b/g, "[clock]"],
  [/\b\d+ m \d\d s\b|\b\d+(?:\.\d+)? (?:ms|s)\b/g, "[duration]"],
  [/\[duration\] ago\b|(?<=  )now(?=  |$)/gm, "[age]"],
  [/(pid"?:? ?\s*)\d+/g, "$1[pid]"],
  [/\b(linux|darwin)-(amd64|arm64)\b/g, "[target]"],
  [/\b[0-9a-f]{64}\b/g, "[sha256]"],
  [/\b[0-9a-f]{40}\b/g, "[commit]"],
  [/\b[0-9a-f]{16}(?=-dev\/)/g, "[digest]"],
  // A column is as wide as what is in it.
  [/(?<=\S) {2,}(?=\[)/g, "  "],
  [/(?<=\]) {2,}(?=\S)/g, "  "],
];

/** The output with a name in place of everything that changes from one time to the next. */
export function withPlaceholders(text: string, { root, home, folder, port }: Places): string {
  let plain = text
    .replaceAll(home, "[home]")
    .replaceAll(folder, "[folder]")
    .replaceAll(root, "[root]")
    .replaceAll(`http://127.0.0.1:${port}`, "[url]")
    .replaceAll(new RegExp(`\\b${port}\\b`, "g"), "[port]")
    .replaceAll(bunVersion, "[bun]");
  for (const [pattern, name] of PATTERNS) plain = plain.replaceAll(pattern, name);
  return plain.replace(/\n+$/, "");
}
