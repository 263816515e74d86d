import { z } from "zod";

import { Agent } from "./kinds/agent.ts";
import { Workflow } from "./kinds/workflow.ts";

/** Every resource kind: store, HTTP routes, `get`, `list` and `apply` read this one table. */
export const kinds = {
  Agent: { schema: Agent, singular: "agent", plural: "agents", idKind: "agent" },
  Workflow: { schema: Workflow, singular: "workflow", plural: "workflows", idKind: "workflow" },
} as const;
export type Kind = keyof typeof kinds;
export const Kind = z.enum(["Agent", "Workflow"]);

export const Resource = z.discriminatedUnion("kind", [Agent, Workflow]);
export type Resource = z.infer<typeof Resource>;
