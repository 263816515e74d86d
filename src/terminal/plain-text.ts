/**
 * Text from elsewhere (a model, a server, a file) without what could steer the terminal: escape sequences and control
 * characters, newline and tab excepted.
 */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return Bun.stripANSI(text).replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}

/** The same on one line, cut to that many columns. */
export function plainLine(text: string, columnsMax = Number.POSITIVE_INFINITY): string {
  const line = plainText(text).replaceAll(/\s+/g, " ").trim();
  return cutToWidth(line, columnsMax);
}

/** At most that many terminal columns; an ellipsis says that something is missing. Styled text stays styled. */
export function cutToWidth(text: string, columnsMax: number): string {
  if (Bun.stringWidth(text) <= columnsMax) return text;
  return `${Bun.sliceAnsi(text, 0, Math.max(0, columnsMax - 1))}…`;
}
