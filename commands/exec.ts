import { StigmerError } from "../src/base/errors.ts";
import type { WorkflowDocument } from "../src/dsl/document.ts";
import type { Place } from "../src/dsl/issues.ts";
import { tasksOf } from "../src/dsl/visit.ts";
import type { JournalEvent } from "../src/durable/journal-event.ts";
import { plainText } from "../src/terminal/plain-text.ts";
import type { Terminal } from "../src/terminal/terminal.ts";
import { command } from "./define.ts";
import { type Outcome, runDocument } from "./exec/run-document.ts";
import { untilInterrupted } from "./interrupt.ts";
import { loadManifests } from "./manifest.ts";
import { viewFor } from "./run/choose-view.ts";
import { fieldArgument, inputArgument, readRunInput } from "./run/input.ts";
import { detailLines, titleOf } from "./run/report-end.ts";
import type { RunView } from "./run/view.ts";

export const exec = command({
  details:
    "It runs in this process and is not kept: for trying a workflow out and for scripts. Agents need the server.\n" +
    'With --json it prints how it ended, as {"status": "completed", "output": …} or {"status": "faulted", "error": …}.',
  examples: [
    "stigmer exec -f workflow.yaml -i name=Ada",
    "stigmer exec -f workflow.yaml --input @input.json --json",
  ],
  args: {
    file: {
      type: "string",
      alias: "f",
      required: true,
      valueHint: "FILE|-",
      description: "The workflow document",
    },
    input: inputArgument,
    field: fieldArgument,
  },
  async run({ file, input, field }, terminal) {
    const { document, definition } = await readWorkflow(file);
    const given = await readRunInput(input, field);
    const view = viewFor(terminal);
    let outcome: Outcome | undefined;
    const status = await untilInterrupted(async (signal) => {
      const request = {
        document,
        definition,
        input: given === undefined ? {} : given,
        onEvent: showIn(view),
      };
      outcome = await runDocument(request, signal).finally(() => view.end());
    });
    return outcome ? report(outcome, terminal) : status;
  },
});

async function readWorkflow(file: string) {
  const [manifest, second] = await loadManifests([file], { runnable: true });
  if (!manifest?.workflow || second) {
    throw new StigmerError("invalid_input", `${file} is not one workflow`, {
      hint: 'an agent is run with "stigmer apply" and "stigmer run"',
    });
  }
  const { document, definition, place } = manifest.workflow;
  refuseAgents(document, place);
  return { document, definition };
}

/** Where there is no server, nobody knows an agent by its name. */
function refuseAgents(document: WorkflowDocument, { file, pointer = "", locate }: Place): void {
  const site = [...tasksOf(document)].find(({ task }) => "call" in task && task.call === "agent");
  if (!site) return;
  const at = pointer + site.pointer;
  const place = { ...(file === undefined ? {} : { file }), ...locate?.(at) };
  throw new StigmerError("invalid_input", `"${site.name}" calls an agent, which needs the server`, {
    hint: `stigmer server && stigmer apply -f ${file} && stigmer run ${document.document.name}`,
    issues: [{ message: "an agent is called", pointer: at, ...place }],
  });
}

/** Makes of an event what a server would, as far as a view reads it. */
function showIn(view: RunView): (event: JournalEvent) => void {
  return ({ runId, sequence, timeMs, body }) => {
    if (body.type !== "note") return;
    view.show({
      specversion: "1.0",
      id: `${runId}/${sequence}`,
      source: `/runs/${runId}`,
      type: body.noteType,
      time: new Date(timeMs).toISOString(),
      datacontenttype: "application/json",
      sequence,
      runid: runId,
      data: body.data,
    });
  };
}

function report(outcome: Outcome, terminal: Terminal): number {
  const isCompleted = outcome.status === "completed";
  if (terminal.isJson) terminal.printJson(outcome);
  else if (isCompleted) terminal.print(textOf(outcome.output));
  else sayFault(outcome, terminal);
  return isCompleted ? 0 : 1;
}

function textOf(output: unknown): string {
  return typeof output === "string" ? plainText(output) : JSON.stringify(output, null, 2);
}

function sayFault({ error }: Extract<Outcome, { status: "faulted" }>, { screen }: Terminal): void {
  const what = `${screen.style.red("error:")} the workflow failed: ${titleOf(error)}`;
  screen.write(`${[what, ...detailLines(error)].join("\n")}\n`);
}
