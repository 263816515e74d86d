import type { z } from "zod";

import { Input, Output } from "./data-flow.ts";
import { dnsName, map, text, version } from "./scalar.ts";
import { Schedule } from "./schedule.ts";
import { closed, oneOf, open } from "./shape.ts";
import { TaskList } from "./task.ts";
import { TimeoutOrName } from "./timeout.ts";
import { Use } from "./use.ts";

/** The fields of a document; the specification lets others stand beside them, which mean nothing to us. */
export const documentFields = {
  document: closed({
    dsl: version,
    namespace: dnsName,
    name: dnsName,
    version,
    title: text.optional(),
    summary: text.optional(),
    tags: map.optional(),
    metadata: map.optional(),
  }),
  input: Input.optional(),
  use: Use.optional(),
  do: TaskList,
  timeout: TimeoutOrName.optional(),
  output: Output.optional(),
  schedule: Schedule.optional(),
  evaluate: closed({
    language: text.optional(),
    mode: oneOf("strict", "loose").optional(),
  }).optional(),
};

/** A workflow as its author wrote it: Open Workflow DSL 1.0.0 to the successor of 1.0.3. */
export const WorkflowDocument = open(documentFields);
export type WorkflowDocument = z.infer<typeof WorkflowDocument>;
