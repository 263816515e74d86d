import type { WorkflowDocument } from "../dsl/document.ts";
import { parseWorkflowValue } from "../dsl/parse.ts";
import type { Workflow } from "../schema/kinds/workflow.ts";
import { inputError } from "../schema/parse-input.ts";
import { checkRunnable } from "../workflow/check.ts";

/** The document of a workflow that can run here, under the name that its manifest gives it. */
export function checkWorkflow({ metadata, spec }: Workflow): WorkflowDocument {
  const workflow = parseWorkflowValue(spec, { pointer: "/spec" });
  checkRunnable(workflow, { pointer: "/spec" });
  const { namespace, name } = workflow.document;
  if (metadata.name === `${namespace}/${name}`) return workflow;
  throw inputError({ what: "the request body" }, [
    {
      message: "the manifest and its document have different names",
      pointer: "/metadata/name",
      expected: `"${namespace}/${name}"`,
      got: `"${metadata.name}"`,
    },
  ]);
}
