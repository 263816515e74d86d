import { benchAgent } from "./agent.ts";
import { type BenchRow, renderRows } from "./bench-row.ts";
import { benchBinary } from "./binary.ts";
import { benchDurable } from "./durable.ts";
import { benchJq } from "./jq.ts";
import { benchRunner } from "./runner.ts";

/** `make bench`: every budget, measured in one run, as ratios where a ratio means more than a time. */
const groups: readonly [title: string, measure: () => Promise<BenchRow[]>][] = [
  ["the file", benchBinary],
  ["the agent-runner in it", benchRunner],
  ["the durable engine", benchDurable],
  ["agents", benchAgent],
  ["jq", benchJq],
];

let isOver = false;
for (const [title, measure] of groups) {
  console.log(`\n${title}`);
  const rows = await measure();
  console.log(renderRows(rows));
  isOver ||= rows.some((row) => row.isWithinBudget === false);
}
if (isOver) console.log("\nSome numbers are over their budget.");
