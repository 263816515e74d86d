/** A piece of a text that a document holds: words as they are, or an expression between `${` and `}`. */
export type Segment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string; readonly offset: number };

/**
 * Splits `a ${ .b } c` into its pieces. The closing brace is the one that matches, not the next: expressions hold
 * objects, and strings that hold braces. An expression that is never closed is an error with its offset.
 */
export function splitTemplate(template: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf("${", at);
    const words = template.slice(at, open === -1 ? undefined : open);
    if (words !== "") segments.push({ kind: "text", text: words });
    if (open === -1) return segments;
    const close = closingBrace(template, open + 2);
    if (close === undefined) throw new UnclosedExpression(open);
    segments.push({
      kind: "expression",
      text: template.slice(open + 2, close),
      offset: open + 2,
    });
    at = close + 1;
  }
}

export class UnclosedExpression extends Error {
  override readonly name = "UnclosedExpression";
  readonly offset: number;

  constructor(offset: number) {
    super('"${" has no "}" that closes it');
    this.offset = offset;
  }
}

/** The whole of a text as one expression, when it is nothing else: `${ .a }`, with space around it. */
export function soleExpression(segments: readonly Segment[]): Segment | undefined {
  const worded = segments.filter(({ kind, text }) => kind === "expression" || text.trim() !== "");
  const [only] = worded;
  return worded.length === 1 && only?.kind === "expression" ? only : undefined;
}

/**
 * Where the brace that was opened before `start` is closed. Strings are skipped, but not what `\( )` puts into them,
 * and a comment goes to the end of its line.
 */
function closingBrace(text: string, start: number): number | undefined {
  const open: string[] = ["{"];
  for (let at = start; at < text.length; at += 1) {
    if (open.at(-1) === '"') {
      at = inString(text, at, open);
    } else if (text[at] === "#") {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else {
      bracket(text[at] ?? "", open);
      if (open.length === 0) return at;
    }
  }
  return undefined;
}

/** One letter of a string; gives where its last letter stands. */
function inString(text: string, at: number, open: string[]): number {
  if (text[at] === '"') open.pop();
  if (text[at] !== "\\") return at;
  if (text[at + 1] === "(") open.push("(");
  return at + 1;
}

function bracket(letter: string, open: string[]): void {
  if (letter === '"' || letter === "{" || letter === "(") open.push(letter);
  if (letter === "}" || letter === ")") open.pop();
}
