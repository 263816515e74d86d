import { StigmerError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { isJsonObject, Json, type JsonValue } from "../base/json.ts";
import { suggest } from "../base/suggest.ts";
import type { StoredResource } from "../schema/api/resource.ts";
import type { Run, RunCreate } from "../schema/api/run.ts";
import { inputError } from "../schema/parse-input.ts";
import type { Store } from "../store/open-store.ts";
import type { ResourceAddress } from "../store/resources.ts";
import type { NewRun } from "../store/runs.ts";
import { namesOf, requireResource, workflowAddress } from "./find-resource.ts";

/** What a request for a run means: which resource as it is now, and the input that it gets. */
export async function planRun(store: Store, body: RunCreate): Promise<NewRun> {
  const resource = await findTarget(store, body.target);
  const { kind, metadata, spec } = resource;
  return {
    id: newId("run"),
    kind,
    name: metadata.name,
    version: kind === "Workflow" ? versionOf(spec) : undefined,
    input: kind === "Agent" ? agentInput(metadata.name, body) : workflowInput(body),
    labels: body.labels ?? {},
    definition: Json.parse(spec),
  };
}

/** How the run would be kept. */
export function toPending({ id, kind, name, version, input, labels }: NewRun, now: Date): Run {
  const createdAt = now.toISOString();
  return { id, kind, name, version, status: "pending", input, labels, createdAt, lastSequence: 0 };
}

async function findTarget(store: Store, target: string): Promise<StoredResource> {
  const [kind, ...rest] = target.split("/");
  const name = rest.join("/");
  if (kind === "agent" && name !== "") {
    return requireResource(store, { kind: "Agent", nameOrId: name });
  }
  if (kind === "workflow" && name !== "") return requireResource(store, workflowAddress(name));
  return findByBareName(store, target);
}

async function findByBareName(store: Store, name: string): Promise<StoredResource> {
  const asWorkflow = workflowAddress(name);
  const asAgent: ResourceAddress = { kind: "Agent", nameOrId: name };
  const agent = await store.resources.get(asAgent);
  const workflow = await store.resources.get(asWorkflow);
  if (agent && workflow) throw ambiguous(agent, workflow);
  const found = agent ?? workflow;
  if (found) return found;
  if (asWorkflow.version !== undefined) return requireResource(store, asWorkflow);
  throw await notFound(store, name);
}

function ambiguous(agent: StoredResource, workflow: StoredResource): StigmerError {
  const { name } = agent.metadata;
  return new StigmerError("conflict", `"${name}" is the name of an agent and of a workflow`, {
    hint: `say which: agent/${name} or workflow/${workflow.metadata.name}`,
  });
}

async function notFound(store: Store, name: string): Promise<StigmerError> {
  const agents = await namesOf(store, "Agent");
  const workflows = await namesOf(store, "Workflow");
  const short = workflows.map((each) => each.replace(/^default\//, ""));
  const near = suggest(name, [...agents, ...short, ...workflows]);
  return new StigmerError("not_found", `there is no agent and no workflow "${name}"`, {
    hint: near
      ? `did you mean "${near}"?`
      : "see `stigmer list agents` and `stigmer list workflows`",
  });
}

function versionOf(spec: JsonValue): string | undefined {
  const document = isJsonObject(spec) ? spec["document"] : undefined;
  const version = isJsonObject(document) ? document["version"] : undefined;
  return typeof version === "string" ? version : undefined;
}

const BODY = { what: "the request body" };

/** An agent takes a message, by itself or as the one field of the input. */
function agentInput(name: string, { message, input }: RunCreate): JsonValue {
  if (input === undefined) {
    if (message !== undefined) return { message };
    throw needsMessage(name, "/message");
  }
  if (message !== undefined) {
    throw inputError(BODY, [
      { message: "the message is there twice: as message and as input", pointer: "/input" },
    ]);
  }
  const given = isJsonObject(input) ? input : {};
  if (given["message"] === undefined) {
    throw needsMessage(name, "/input/message");
  }
  const unknown = Object.keys(given).filter((key) => key !== "message");
  if (unknown.length === 0) return given;
  throw inputError(
    BODY,
    unknown.map((key) => ({
      message: `unknown field "${key}"`,
      pointer: `/input/${key}`,
      expected: "only message",
    })),
  );
}

function needsMessage(name: string, pointer: string): StigmerError {
  return new StigmerError("invalid_input", `agent ${name} needs a message`, {
    hint: `as in: stigmer run ${name} -m "…"`,
    issues: [{ message: '"message" is missing', pointer, expected: "a string" }],
  });
}

function workflowInput({ message, input }: RunCreate): JsonValue {
  if (message === undefined) return input === undefined ? {} : input;
  throw inputError({ ...BODY, hint: "give a workflow its input as `input`" }, [
    { message: "a message is for agents only", pointer: "/message" },
  ]);
}
