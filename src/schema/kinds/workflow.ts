import { z } from "zod";

import { Json } from "../../base/json.ts";
import { resource } from "../resource.ts";

const part = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

/** `namespace/name`, both as the language writes them; the version is the document's own. */
export const WorkflowName = z
  .string()
  .regex(new RegExp(`^${part}/${part}$`), 'expected "namespace/name"');

/** The spec is the workflow document itself; `src/dsl` says what a good one is. */
export const Workflow = resource("Workflow", WorkflowName, Json);
export type Workflow = z.infer<typeof Workflow>;
