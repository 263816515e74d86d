import { readFileSync } from "node:fs";

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** The totals that `bun test` writes in JUnit's form. A skipped test is neither passed nor failed. */
export function readReport(path: string): Count {
  const [totals = ""] = /<testsuites [^>]*>/.exec(readOrEmpty(path)) ?? [];
  const number = (name: string): number =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed - number("skipped"), failed };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
