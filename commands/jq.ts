import { defineCommand } from "citty";

import { writeWhole } from "../src/terminal/output.ts";
import help from "./jq/help.txt" with { type: "text" };
import { parseOptions } from "./jq/options.ts";
import { runFilter } from "./jq/run-filter.ts";

/** The words are jq's own, so this command reads them itself, and its exit status is jq's. */
export const passThrough = true;

export const jq = defineCommand({
  meta: { name: "jq", description: "Run a jq filter on JSON" },
  run: ({ rawArgs }) => {
    const options = parseOptions(rawArgs);
    if (options.isHelp) {
      writeWhole(1, help);
      return 0;
    }
    return runFilter(options, environmentOf(process.env));
  },
});

function environmentOf(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
