import { StigmerError } from "../base/errors.ts";

/** A path of the API below `/v1`. Names come from people; each stays one segment of it. */
export function pathTo(...segments: readonly string[]): string {
  return `/v1/${segments.map(encodeSegment).join("/")}`;
}

export function runPath(id: string): string {
  return pathTo("runs", id);
}

/** Dots can't be encoded: a URL that has such a segment, however it is written, means another place. */
function encodeSegment(text: string): string {
  if (/^\.{0,2}$/.test(text)) {
    throw new StigmerError("usage", `"${text}" is no part of a name`, {
      hint: "a name has letters, digits and dashes, as in agent/release-writer",
    });
  }
  return encodeURIComponent(text);
}
