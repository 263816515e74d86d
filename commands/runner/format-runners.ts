import type { InstalledRunner } from "../../src/release/list-runners.ts";
import { formatTable } from "../../src/terminal/table.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

const HEADING = ["VERSION", "DIGEST", "SOURCE", "USED AS", "STATE"];

/** A line for each runner, for people. */
export function formatRunners(runners: readonly InstalledRunner[], terminal: Terminal): string {
  if (runners.length === 0) return "no agent-runner is installed yet; `stigmer server` does it";
  const rows = runners.map(({ version, folder, source, roles, verdict, reason }) => [
    version,
    folder.slice(0, 16),
    source ?? "",
    roles.join(", "),
    reason === undefined ? verdict : `${verdict}: ${reason}`,
  ]);
  return formatTable(HEADING, rows, terminal);
}
