import { z } from "zod";

import { Agent } from "../kinds/agent.ts";
import { Workflow } from "../kinds/workflow.ts";
import { ResourceStatus } from "../resource.ts";
import { Label, page, PageQuery } from "./page.ts";

export const StoredAgent = Agent.extend({ status: ResourceStatus });
export const StoredWorkflow = Workflow.extend({ status: ResourceStatus });
export const StoredResource = z.discriminatedUnion("kind", [StoredAgent, StoredWorkflow]);
export type StoredResource = z.infer<typeof StoredResource>;

/** Answer of `PUT /v1/{kinds}/{name}`; with `?dryRun=true` what it would have been. */
export const ApplyResult = z.object({
  outcome: z.enum(["created", "changed", "unchanged"]),
  resource: StoredResource,
});
export type ApplyResult = z.infer<typeof ApplyResult>;

export const ResourceQuery = PageQuery.extend({
  label: Label,
});
export const ResourcePage = page(StoredResource);
export type ResourcePage = z.infer<typeof ResourcePage>;
