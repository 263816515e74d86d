import type { InputIssue, StigmerError } from "../base/errors.ts";
import { indented, plainLine, plainText, shortened } from "./plain-text.ts";
import { createStyle, type Style } from "./style.ts";

/** Issues beyond these would push the first ones off the screen. */
const ISSUES_MAX = 20;
/** What of a message, and of each part of an issue, a person still reads. */
const MESSAGE_CHARACTERS_MAX = 4_000;
const PART_CHARACTERS_MAX = 1_000;

/** What a person reads when a command failed: what is wrong, where, and what to do. Ends without a newline. */
export function renderError(error: StigmerError, options: { color: boolean }): string {
  const style = createStyle(options.color);
  const shown = error.issues.slice(0, ISSUES_MAX);
  const lines = [`${style.red("error:")} ${wordsOf(error.message)}`];
  for (const issue of shown) lines.push(`  ${renderIssue(issue, style)}`);
  const hidden = error.issues.length - shown.length;
  if (hidden > 0) lines.push(`  … and ${hidden} more`);
  if (error.hint !== undefined) lines.push(`${style.cyan("hint:")} ${wordsOf(error.hint)}`);
  return lines.join("\n");
}

function wordsOf(text: string): string {
  return indented(shortened(plainText(text), MESSAGE_CHARACTERS_MAX));
}

/** `file:line:column  pointer  message (expected …, got …; did you mean "…"?)` on one line. */
function renderIssue(issue: InputIssue, style: Style): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined);
  const parts = [
    style.bold(plainLine(place.join(":"))),
    style.dim(shortened(plainLine(issue.pointer), PART_CHARACTERS_MAX)),
    plainLine(shortened(issue.message, PART_CHARACTERS_MAX) + aside(issue)),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

/** The message may quote what was there. */
function isTold({ message, got }: InputIssue): boolean {
  if (got === undefined) return true;
  return got.startsWith('"') && message.includes(got);
}

function aside(issue: InputIssue): string {
  const contrast = [
    issue.expected === undefined ? "" : `expected ${issue.expected}`,
    isTold(issue) ? "" : `got ${shortened(issue.got ?? "", PART_CHARACTERS_MAX)}`,
  ].filter((part) => part !== "");
  const question = issue.suggestion === undefined ? "" : `did you mean "${issue.suggestion}"?`;
  const all = [contrast.join(", "), question].filter((part) => part !== "");
  return all.length === 0 ? "" : ` (${all.join("; ")})`;
}
