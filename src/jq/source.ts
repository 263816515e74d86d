/** A stretch of the program's text, as offsets; `end` is not part of it. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

interface SourcePlace {
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** Where a range is, with its line quoted and the range marked by carets. */
export function describePlace(text: string, range: SourceRange): SourcePlace {
  const lineStart = text.lastIndexOf("\n", range.start - 1) + 1;
  const newline = text.indexOf("\n", lineStart);
  const lineEnd = newline < 0 ? text.length : newline;
  const line = text.slice(0, lineStart).split("\n").length;
  const indent = range.start - lineStart;
  const width = Math.max(1, Math.min(range.end, lineEnd) - range.start);
  const quoted = text.slice(lineStart, lineEnd);
  return {
    line,
    column: indent + 1,
    excerpt: `    ${quoted}\n    ${" ".repeat(indent)}${"^".repeat(width)}`,
  };
}
