import { expect, test } from "bun:test";

import { progressBar, progressLine } from "./progress.ts";
import type { DownloadProgress } from "./request.ts";

const at = (receivedBytes: number, more: Partial<DownloadProgress> = {}): DownloadProgress => ({
  receivedBytes,
  totalBytes: 1_500_000,
  attempt: 1,
  resumedFrom: 0,
  ...more,
});

test.each([
  [at(0), 40, `[${" ".repeat(22)}]   0 % of 1.5 MB`],
  [at(750_000), 40, `[${"=".repeat(11)}${" ".repeat(11)}]  50 % of 1.5 MB`],
  [at(1_500_000), 200, `[${"=".repeat(40)}] 100 % of 1.5 MB`],
  [at(750_000), 20, " 50 % of 1.5 MB"],
  [at(750_000), 5, " 50 %"],
])("a bar of %j in %d columns", (progress, columns, bar) => {
  expect(progressBar(progress, columns)).toBe(bar);
});

test("a bar never breaks its line", () => {
  const widest = at(999_999_999_999, { totalBytes: 1e12, attempt: 5, resumedFrom: 999e9 });

  for (let columns = 0; columns < 200; columns += 1) {
    expect(progressBar(widest, columns).length).toBeLessThanOrEqual(columns);
  }
});

test("a log hears of each tenth once, and of each new try", () => {
  const steps = [0, 100_000, 150_000, 200_000, 299_999, 300_000, 1_500_000].map((bytes) =>
    at(bytes),
  );
  const resumed = at(310_000, { attempt: 2, resumedFrom: 310_000 });

  const lines = [...steps, resumed].map((now, index, all) => progressLine(now, all[index - 1]));

  expect(lines).toEqual([
    "downloaded 0 % of 1.5 MB",
    undefined,
    "downloaded 10 % of 1.5 MB",
    undefined,
    undefined,
    "downloaded 20 % of 1.5 MB",
    "downloaded 100 % of 1.5 MB",
    "downloaded 20 % of 1.5 MB (resumed at 310.0 kB, try 2)",
  ]);
});
