import { plainText } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import type { Finding } from "./finding.ts";

const CHECK_COLUMNS = 15;
const INDENT_COLUMNS = 25;
/** However narrow the terminal is, words have this much room. */
const WORDS_COLUMNS_MIN = 24;

/** `problem  home            what is wrong`, and what to do about it below; long lines hang under their beginning. */
export function describeFinding(
  { check, level, message, fix }: Finding,
  { columns, style }: Pick<Terminal, "columns" | "style">,
): string {
  const sign = {
    ok: style.green("ok     "),
    note: style.yellow("note   "),
    problem: style.red("problem"),
  }[level];
  const room = Math.max(WORDS_COLUMNS_MIN, (columns ?? Number.POSITIVE_INFINITY) - INDENT_COLUMNS);
  const lines = [
    ...wrapped(message, room),
    ...(fix === undefined ? [] : wrapped(fix, room).map((line) => style.dim(line))),
  ];
  const text = lines.join(`\n${" ".repeat(INDENT_COLUMNS)}`);
  return `${sign}  ${check.padEnd(CHECK_COLUMNS)} ${text}`;
}

/** A path that is longer than the line stays whole, to be copied. */
function wrapped(text: string, columns: number): string[] {
  const plain = plainText(text);
  if (!Number.isFinite(columns)) return [plain];
  return Bun.wrapAnsi(plain, columns, { trim: true }).split("\n");
}
