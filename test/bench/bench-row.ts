/** One measured line. `ratio` compares with `against` in the same run, so that it means the same on any machine. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against?: string;
  readonly ratio?: number;
  /** The budget as it is written in the plan, such as "at most 2x". */
  readonly budget?: string;
  readonly isWithinBudget?: boolean;
}

/** The middle of the values: one slow run does not move it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function renderRows(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${formatValue(row.value)} ${row.unit}`,
    row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}x ${row.against ?? ""}`.trim(),
    row.budget ?? "",
    row.isWithinBudget === undefined ? "" : row.isWithinBudget ? "ok" : "OVER",
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function formatValue(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en-US");
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
