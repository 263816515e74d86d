import { z } from "zod";

import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import type { WorkflowDocument } from "../../src/dsl/document.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import type { SourceDocument } from "../../src/dsl/source.ts";
import { Kind, type Resource } from "../../src/schema/kinds.ts";
import { Agent } from "../../src/schema/kinds/agent.ts";
import { Workflow } from "../../src/schema/kinds/workflow.ts";
import { inputError, type InputSource, parseInput } from "../../src/schema/parse-input.ts";
import { API_VERSION } from "../../src/schema/resource.ts";

/** One resource as somebody wrote it. */
export interface Manifest {
  readonly resource: Resource;
  /** `agent/release-writer`, `workflow/default/release-notes@1.0.0`. */
  readonly label: string;
  /** Where it begins. */
  readonly place: { readonly file?: string; readonly line?: number; readonly column?: number };
}

const WithKind = z.looseObject({ kind: Kind });

/** Checks one document: a manifest with a `kind`, or a bare workflow. */
export function parseManifest(document: SourceDocument): Manifest {
  const { value, file, locate } = document;
  const place = { ...(file === undefined ? {} : { file }), ...locate("") };
  const from = { what: file ?? "the manifest", file, locate };
  if (isBareWorkflow(value)) {
    const workflow = parseWorkflowValue(value, { file, locate });
    return { resource: toResource(workflow, value), label: labelOf(workflow), place };
  }
  const { kind } = parseInput(WithKind, value, from);
  if (kind === "Agent") {
    const resource = parseInput(Agent, value, from);
    return { resource, label: `agent/${resource.metadata.name}`, place };
  }
  const resource = parseInput(Workflow, value, from);
  const workflow = parseWorkflowValue(resource.spec, { file, locate, pointer: "/spec" });
  refuseOtherName(resource, workflow, from);
  return { resource, label: labelOf(workflow), place };
}

/** As the language's own examples are: a document without our envelope. */
function isBareWorkflow(value: JsonValue): boolean {
  return isJsonObject(value) && value["kind"] === undefined && value["document"] !== undefined;
}

function toResource({ document }: WorkflowDocument, spec: JsonValue): Resource {
  const name = `${document.namespace}/${document.name}`;
  return { apiVersion: API_VERSION, kind: "Workflow", metadata: { name, labels: {} }, spec };
}

function labelOf({ document }: WorkflowDocument): string {
  return `workflow/${document.namespace}/${document.name}@${document.version}`;
}

/** The name in the envelope is a copy of the document's. */
function refuseOtherName(
  { metadata }: Workflow,
  { document }: WorkflowDocument,
  from: InputSource,
): void {
  const name = `${document.namespace}/${document.name}`;
  if (metadata.name === name) return;
  throw inputError(from, [
    {
      message: "the manifest and its document have different names",
      pointer: "/metadata/name",
      expected: `"${name}"`,
      got: `"${metadata.name}"`,
    },
  ]);
}
