import type { Run } from "../../src/schema/api/run.ts";
import { plainText } from "../../src/terminal/plain-text.ts";
import type { Style } from "../../src/terminal/style.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { detailLines, outputText } from "../run/report-end.ts";
import { idArgument } from "./run-id.ts";

export const get = command({
  examples: [
    "stigmer runs get run_0199…",
    "stigmer runs get run_0199… --json | stigmer jq .output",
  ],
  args: { id: idArgument },
  async run({ id }, terminal) {
    const run = await connect().getRun(id);
    if (terminal.isJson) terminal.printJson(run);
    else terminal.print(describeRun(run, terminal.style));
  },
});

function describeRun(run: Run, style: Style): string {
  const labels = Object.entries(run.labels).map(([key, value]) => `${key}=${value}`);
  const rows: [string, string | undefined][] = [
    ["id", run.id],
    ["of", `${run.kind.toLowerCase()}/${run.name}`],
    ["status", run.status],
    ["problem", run.problem && `${run.problem}; "stigmer runs cancel ${run.id}" ends it`],
    ["reason", run.cancelReason],
    ["parent", run.parentRunId],
    ["labels", labels.length === 0 ? undefined : labels.join(" ")],
    ["created", run.createdAt],
    ["started", run.startedAt],
    ["ended", run.endedAt],
  ];
  const head = rows.flatMap(([label, value]) =>
    value === undefined ? [] : [`${label.padEnd(8)} ${plainText(value)}`],
  );
  return [
    ...head,
    "",
    style.bold("INPUT"),
    JSON.stringify(run.input, null, 2),
    ...endOf(run, style),
  ].join("\n");
}

function endOf(run: Run, style: Style): string[] {
  if (run.error) return ["", style.bold("ERROR"), ...detailLines(run.error)];
  if (run.output === undefined) return [];
  return ["", style.bold("OUTPUT"), outputText(run)];
}
