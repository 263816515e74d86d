import type { Run } from "../run.ts";
import { codePointOffset, isPlain } from "./text.ts";

/** Every code point offset at which a text occurs in another; occurrences may overlap. */
export function placesInText(text: string, part: string, run: Run): number[] {
  if (part === "") return [];
  run.spend(text.length / 16);
  const places: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) places.push(at);
  return isPlain(text) ? places : places.map((at) => codePointOffset(text, at));
}
