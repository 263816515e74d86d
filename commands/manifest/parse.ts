import { z } from "zod";

import { StigmerError } from "../../src/base/errors.ts";
import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import type { WorkflowDocument } from "../../src/dsl/document.ts";
import type { Place } from "../../src/dsl/issues.ts";
import type { SourceDocument } from "../../src/dsl/source.ts";
import { Kind, type Resource } from "../../src/schema/kinds.ts";
import { Agent } from "../../src/schema/kinds/agent.ts";
import { Workflow } from "../../src/schema/kinds/workflow.ts";
import { inputError, type InputSource, parseInput } from "../../src/schema/parse-input.ts";
import { API_VERSION } from "../../src/schema/resource.ts";
import { checkRunnable, parseChecked } from "../../src/workflow/check.ts";

/** One resource as somebody wrote it. */
export interface Manifest {
  readonly resource: Resource;
  /** `agent/release-writer`, `workflow/default/release-notes@1.0.0`. */
  readonly label: string;
  /** Why it can't run although it is valid: it needs what this runtime does not have. */
  readonly obstacle?: StigmerError;
  /** Of a workflow: its document, parsed and as it was written, and where that stands. */
  readonly workflow?: {
    readonly document: WorkflowDocument;
    readonly definition: JsonValue;
    readonly place: Place;
  };
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
    return { ...parseWorkflow(value, { file, locate }), place };
  }
  const { kind } = parseInput(WithKind, value, from);
  if (kind === "Agent") {
    const resource = parseInput(Agent, value, from);
    return { resource, label: `agent/${resource.metadata.name}`, place };
  }
  const { resource, parsed } = both(
    () => parseInput(Workflow, value, from),
    () => parseWorkflow(specOf(value), { file, locate, pointer: "/spec" }),
  );
  refuseOtherName(resource.metadata.name, parsed.resource.metadata.name, from);
  return { ...parsed, resource, place };
}

function specOf(value: JsonValue): JsonValue {
  return isJsonObject(value) ? (value["spec"] ?? null) : null;
}

/** What is wrong with the envelope and with the document is told together. */
function both(
  parseEnvelope: () => Workflow,
  parseSpec: () => Omit<Manifest, "place">,
): { resource: Workflow; parsed: Omit<Manifest, "place"> } {
  const resource = valueOrError(parseEnvelope);
  const parsed = valueOrError(parseSpec);
  if (!(resource instanceof StigmerError) && !(parsed instanceof StigmerError)) {
    return { resource, parsed };
  }
  if (!(resource instanceof StigmerError)) throw parsed;
  // Without a spec the envelope says all that there is to say.
  if (!(parsed instanceof StigmerError) || lacksSpec(resource)) throw resource;
  const issues = [...resource.issues, ...parsed.issues];
  throw new StigmerError("invalid_input", resource.message, { issues });
}

function lacksSpec({ issues }: StigmerError): boolean {
  return issues.some(({ pointer }) => pointer === "/spec");
}

function valueOrError<T>(work: () => T): T | StigmerError {
  try {
    return work();
  } catch (error) {
    if (error instanceof StigmerError && error.code === "invalid_input") return error;
    throw error;
  }
}

/** The document as a resource; what keeps it from running is told apart from what is wrong with it. */
function parseWorkflow(spec: JsonValue, place: Place): Omit<Manifest, "place"> {
  const document = parseChecked(spec, place);
  const { namespace, name, version } = document.document;
  const metadata = { name: `${namespace}/${name}`, labels: {} };
  const obstacle = obstacleOf(document, place);
  return {
    resource: { apiVersion: API_VERSION, kind: "Workflow", metadata, spec },
    label: `workflow/${metadata.name}@${version}`,
    workflow: { document, definition: spec, place },
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

function obstacleOf(document: WorkflowDocument, place: Place): StigmerError | undefined {
  const found = valueOrError(() => checkRunnable(document, place));
  return found instanceof StigmerError ? found : undefined;
}

/** As the language's own examples are: a document without our envelope. */
function isBareWorkflow(value: JsonValue): boolean {
  return isJsonObject(value) && value["kind"] === undefined && value["document"] !== undefined;
}

/** The name in the envelope is a copy of the document's. */
function refuseOtherName(got: string, expected: string, from: InputSource): void {
  if (got === expected) return;
  throw inputError(from, [
    {
      message: "the manifest and its document have different names",
      pointer: "/metadata/name",
      expected: `"${expected}"`,
      got: `"${got}"`,
    },
  ]);
}
