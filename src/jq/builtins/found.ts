import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { Match, Regex } from "../regex/regex.ts";
import { putField } from "../values/fields.ts";

/** A text and what was found in it. */
export interface Found {
  readonly text: string;
  readonly regex: Regex;
  readonly matches: readonly Match[];
}

/** A pattern to look for. */
export interface Query {
  readonly pattern: JsonValue;
  readonly flags: JsonValue;
  /** Flags that the builtin itself adds. */
  readonly added: string;
}

export function groupText(text: string, match: Match, group: number): string | null {
  const start = match.bounds[group * 2] ?? -1;
  return start < 0 ? null : text.slice(start, match.bounds[group * 2 + 1]);
}

/** The named groups of a match; of several with one name the last one counts. */
export function captureObject({ text, regex }: Found, match: Match): JsonObject {
  const object: JsonObject = {};
  for (const [group, name] of regex.groupNames.entries()) {
    if (name !== null) putField(object, name, groupText(text, match, group));
  }
  return object;
}
