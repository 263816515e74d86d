import { StigmerError } from "../../base/errors.ts";

/** A line that begins something of its own: a heading, an entry of a list, a row, a quotation. */
const BEGINNING = /^\s*(?:#{1,6} |[-*+] |\d+\. |\||>)/;
const FENCE = /^\s*```/;

/**
 * What the changelog says about a version. Its lines are joined to paragraphs, because a release page breaks a line
 * wherever the source does.
 */
export function readNotes(changelog: string, version: string): string {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => isHeadingOf(line, version));
  if (start === -1) throw hasNoSection(lines, version);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  const section = joinLines(rest.slice(0, end === -1 ? rest.length : end));
  if (section !== "") return `${section}\n`;
  throw new StigmerError(
    "invalid_input",
    `CHANGELOG.md:${start + 1} says nothing about ${version}`,
    {
      hint: "write what a user gets by it, below its heading",
    },
  );
}

/** `## v1.2.3`, with a date or without. */
function isHeadingOf(line: string, version: string): boolean {
  const [, title = ""] = /^## (\S+)/.exec(line) ?? [];
  return title === version || title === version.replace(/^v/, "");
}

function joinLines(lines: readonly string[]): string {
  const joined: string[] = [];
  let isCode = false;
  for (const line of lines) {
    const isFence = FENCE.test(line);
    if (isCode || isFence || !continues(joined.at(-1), line)) joined.push(line.trimEnd());
    else joined.push(`${joined.pop()} ${line.trim()}`);
    if (isFence) isCode = !isCode;
  }
  return joined.join("\n").trim();
}

function continues(previous: string | undefined, line: string): boolean {
  const isOpen = previous !== undefined && previous !== "" && !FENCE.test(previous);
  return isOpen && !previous.startsWith("#") && line.trim() !== "" && !BEGINNING.test(line);
}

function hasNoSection(lines: readonly string[], version: string): StigmerError {
  const isWaiting = lines.some((line) => line.startsWith("## Unreleased"));
  return new StigmerError("not_found", `CHANGELOG.md has no section "## ${version}"`, {
    hint: isWaiting
      ? `give its section "Unreleased" that heading, in the commit that is released`
      : "write one, newest first",
  });
}
