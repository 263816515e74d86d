import type { Run } from "../run.ts";

/** The parts of a text between its separators; an empty separator takes code points apart. */
export function splitText(text: string, separator: string, run: Run): string[] {
  if (text === "") return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  run.spend(parts.length / 4);
  return parts;
}
