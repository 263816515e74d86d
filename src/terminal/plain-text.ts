// Control characters, newline and tab excepted, and those that turn the order of what follows around.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const STEERING = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
/** Our own colours (`style.ts`), or what steers. */
const STYLE_OR_STEERING = new RegExp(String.raw`\u001B\[[\d;]*m|${STEERING.source}`, "g");

/** Text from elsewhere (a model, a server, a file) without what could steer the terminal: escape sequences too. */
export function plainText(text: string): string {
  return Bun.stripANSI(text).replaceAll(STEERING, "");
}

/** What is about to be printed, whoever put it together: colours stay, nothing else steers. */
export function styledText(text: string): string {
  return text.replaceAll(STYLE_OR_STEERING, (found) => (found.length > 1 ? found : ""));
}

/** A JSON text that means the same and shows nothing that steers. */
export function plainJson(json: string): string {
  return json.replaceAll(
    STEERING,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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

/** The beginning and the end of a text that is too long to be read. */
export function shortened(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const half = Math.floor((charactersMax - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** A text of several lines none of which can pass for a line of ours. */
export function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}
