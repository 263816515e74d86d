import { createCatalog } from "../../src/activities/catalog.ts";
import { newId } from "../../src/base/ids.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { createLog } from "../../src/base/log.ts";
import type { WorkflowDocument } from "../../src/dsl/document.ts";
import type { RunError } from "../../src/durable/errors.ts";
import type { JournalEvent } from "../../src/durable/journal-event.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { IN_MEMORY } from "../../src/durable/sqlite/database.ts";
import { workflowProgram } from "../../src/workflow/program.ts";

/** How a workflow ended, as the specification's conformance tests read it. */
export type Outcome =
  { status: "completed"; output: JsonValue } | { status: "faulted"; error: RunError };

export interface Request {
  readonly document: WorkflowDocument;
  /** The document as it was written: what expressions see of it. */
  readonly definition: JsonValue;
  readonly input: JsonValue;
  readonly onEvent: (event: JournalEvent) => void;
}

/** Runs one workflow to its end in this process, on a journal in memory. Undefined when the signal came first. */
export async function runDocument(
  { document, definition, input, onEvent }: Request,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const backend = openSqliteBackend({
    path: IN_MEMORY,
    programs: { workflow: workflowProgram },
    activities: createCatalog(),
    log: createLog("exec", () => {}),
    // What still runs when the workflow has ended is of no use to anybody.
    drainMs: 0,
  });
  const { namespace, name } = document.document;
  await backend.start();
  try {
    await backend.run({
      runId: newId("run"),
      program: workflowProgram.name,
      subject: { kind: "Workflow", name: `${namespace}/${name}` },
      definition,
      input,
    });
    for await (const batch of backend.events(0, signal)) {
      batch.forEach(onEvent);
      const outcome = batch.map(outcomeOf).find((found) => found !== undefined);
      if (outcome) return outcome;
    }
    return undefined;
  } finally {
    await backend.stop();
  }
}

function outcomeOf({ body }: JournalEvent): Outcome | undefined {
  if (body.type === "run.completed") return { status: "completed", output: body.output };
  if (body.type === "run.failed") return { status: "faulted", error: body.error };
  return undefined;
}
