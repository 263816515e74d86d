import { JqSyntaxError } from "./errors.ts";
import type { SourceRange } from "./source.ts";
import { ESCAPES } from "./values/json-string.ts";

/** The text of a string literal, or of its part beside an interpolation, with escapes decoded. */
export function readStringText(source: string, range: SourceRange): string {
  const raw = source.slice(range.start, range.end);
  if (!raw.includes("\\")) return raw;
  let text = "";
  let position = 0;
  while (position < raw.length) {
    const letter = raw.charAt(position);
    if (letter !== "\\") {
      text += letter;
      position += 1;
      continue;
    }
    const run = escapeRun(raw, position);
    text += decodeRun(source, {
      start: range.start + position,
      end: range.start + position + run.length,
    });
    position += run.length;
  }
  return text;
}

/** All escapes that stand side by side: jq decodes them together, and so quotes them together when one is bad. */
function escapeRun(raw: string, start: number): string {
  return /^(?:\\[^u]|\\u[a-zA-Z0-9]{0,4})+/s.exec(raw.slice(start))?.[0] ?? raw.slice(start);
}

function decodeRun(source: string, range: SourceRange): string {
  const run = source.slice(range.start, range.end);
  let text = "";
  let position = 0;
  while (position < run.length) {
    const letter = run.charAt(position + 1);
    const hex = run.slice(position + 2, position + 6);
    if (letter === "u" && /^[0-9a-fA-F]{4}$/.test(hex)) {
      text += String.fromCharCode(Number.parseInt(hex, 16));
      position += 6;
      continue;
    }
    const decoded = ESCAPES[letter];
    if (decoded === undefined) {
      throw new JqSyntaxError(
        `Invalid escape at line 1, column ${run.length + 2} (while parsing '"${run}"')`,
        { text: source, range, hint: String.raw`write \\ for a backslash` },
      );
    }
    text += decoded;
    position += 2;
  }
  return text.toWellFormed();
}
