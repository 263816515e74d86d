import type { ArgumentDef } from "../define.ts";

export const idArgument = {
  type: "positional",
  description: 'The run, as "stigmer runs list" names it',
  candidates: () => recentIds(),
} as const satisfies ArgumentDef;

async function recentIds(): Promise<string[]> {
  const { connect } = await import("../connect.ts");
  const { items } = await connect().listRuns({ limit: 20 });
  return items.map(({ id }) => id);
}
