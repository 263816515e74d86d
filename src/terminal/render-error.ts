import type { InputIssue, StigmerError } from "../base/errors.ts";
import { plainLine, plainText } from "./plain-text.ts";
import { createStyle, type Style } from "./style.ts";

/** Issues beyond these would push the first ones off the screen. */
const ISSUES_MAX = 20;

/** What a person reads when a command failed: what is wrong, where, and what to do. Ends without a newline. */
export function renderError(error: StigmerError, options: { color: boolean }): string {
  const style = createStyle(options.color);
  const shown = error.issues.slice(0, ISSUES_MAX);
  const lines = [`${style.red("error:")} ${plainText(error.message)}`];
  for (const issue of shown) lines.push(`  ${renderIssue(issue, style)}`);
  const hidden = error.issues.length - shown.length;
  if (hidden > 0) lines.push(`  … and ${hidden} more`);
  if (error.hint !== undefined) lines.push(`${style.cyan("hint:")} ${plainText(error.hint)}`);
  return lines.join("\n");
}

/** `file:line:column  pointer  message (expected …, got …; did you mean "…"?)` on one line. */
function renderIssue(issue: InputIssue, style: Style): string {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined);
  const parts = [
    style.bold(plainLine(place.join(":"))),
    style.dim(plainLine(issue.pointer)),
    plainLine(issue.message + aside(issue)),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function aside(issue: InputIssue): string {
  const contrast = [
    issue.expected === undefined ? "" : `expected ${issue.expected}`,
    issue.got === undefined ? "" : `got ${issue.got}`,
  ].filter((part) => part !== "");
  const question = issue.suggestion === undefined ? "" : `did you mean "${issue.suggestion}"?`;
  const all = [contrast.join(", "), question].filter((part) => part !== "");
  return all.length === 0 ? "" : ` (${all.join("; ")})`;
}
