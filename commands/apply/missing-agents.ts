import { StigmerError } from "../../src/base/errors.ts";
import { isJsonObject } from "../../src/base/json.ts";
import type { Client } from "../../src/client/client.ts";
import type { WorkflowDocument } from "../../src/dsl/document.ts";
import { tasksOf } from "../../src/dsl/visit.ts";
import type { Manifest } from "../manifest/parse.ts";

export interface MissingAgent {
  /** The workflow that calls it. */
  readonly label: string;
  readonly agent: string;
}

/** Agents that these workflows call by name and that are neither on the server nor among what is applied with them. */
export async function missingAgents(
  manifests: readonly Manifest[],
  client: Pick<Client, "get">,
): Promise<MissingAgent[]> {
  const known = new Map<string, boolean>();
  for (const { resource } of manifests) {
    if (resource.kind === "Agent") known.set(resource.metadata.name, true);
  }
  const missing: MissingAgent[] = [];
  for (const { label, workflow } of manifests) {
    for (const agent of workflow ? agentsIn(workflow.document) : []) {
      const isThere = known.get(agent) ?? (await hasAgent(client, agent));
      known.set(agent, isThere);
      if (!isThere) missing.push({ label, agent });
    }
  }
  return missing;
}

/** A name that an expression gives is known when the workflow runs. */
function agentsIn(document: WorkflowDocument): Set<string> {
  const names = new Set<string>();
  for (const { task } of tasksOf(document)) {
    if (!("call" in task) || task.call !== "agent" || !isJsonObject(task.with)) continue;
    const { agent } = task.with;
    if (typeof agent === "string" && !agent.includes("${")) names.add(agent);
  }
  return names;
}

async function hasAgent(client: Pick<Client, "get">, name: string): Promise<boolean> {
  try {
    await client.get("Agent", name);
    return true;
  } catch (error) {
    if (error instanceof StigmerError && error.code === "not_found") return false;
    throw error;
  }
}
