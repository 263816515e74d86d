import { cutToWidth, plainLine } from "./plain-text.ts";
import type { Style } from "./style.ts";

const GAP = "  ";
/** A column is not cut below this, however narrow the terminal is. */
const COLUMN_MIN = 10;

/**
 * Rows under a heading, aligned, without borders. Where the lines are wider than the terminal the widest column is cut,
 * but never the first, which names the row for the next command. Off a terminal (`columns` undefined) nothing is cut, so
 * that a script gets whole values.
 */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  options: { columns: number | undefined; style: Style },
): string {
  const cells = [heading, ...rows].map((row) => row.map((cell) => plainLine(cell)));
  const widths = heading.map((_, column) =>
    Math.max(...cells.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  if (options.columns !== undefined) narrow(widths, options.columns);
  const lines = cells.map((row) => formatRow(row, widths));
  return lines.map((line, index) => (index === 0 ? options.style.bold(line) : line)).join("\n");
}

/** Takes from the widest column until the row fits or nothing is left to take. */
function narrow(widths: number[], columns: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  excess -= columns;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths.slice(1)), 1);
    const width = widths[widest] ?? 0;
    if (width <= COLUMN_MIN) return;
    widths[widest] = width - 1;
    excess -= 1;
  }
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const padded = widths.map((width, column) => {
    const cell = cutToWidth(row[column] ?? "", width);
    return cell + " ".repeat(width - Bun.stringWidth(cell));
  });
  return padded.join(GAP).trimEnd();
}
