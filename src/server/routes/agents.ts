import { ResourceQuery, StoredAgent } from "../../schema/api/resource.ts";
import { Agent } from "../../schema/kinds/agent.ts";
import type { ResourceAddress } from "../../store/resources.ts";
import { requireResource } from "../find-resource.ts";
import { parseLabels } from "../parse-labels.ts";
import { defineRoute, NoBody, NoQuery, type Route } from "../route.ts";
import type { Services } from "../services.ts";
import { DryRunQuery, generationOf, IF_MATCH_HEADER, isTrue } from "../write-options.ts";
import {
  answerApply,
  answerDelete,
  answerStored,
  APPLIED,
  DELETED,
  PAGE,
  refuseOtherName,
  stored,
} from "./resource-answers.ts";

const tag = "Agents";
const path = "/v1/agents/{name}";

export function agentRoutes(services: Services): Route[] {
  return [list, get, apply, remove].map((define) => define(services));
}

function addressOf(nameOrId: string): ResourceAddress {
  return { kind: "Agent", nameOrId };
}

function list({ store }: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/agents",
      id: "listAgents",
      tag,
      summary: "List agents",
      query: ResourceQuery,
      body: NoBody,
      answers: PAGE,
    },
    async ({ query: { label, ...query } }) => {
      const filter = { ...query, labels: parseLabels(label), allVersions: false };
      return Response.json(await store.resources.list("Agent", filter));
    },
  );
}

function get({ store }: Services): Route {
  return defineRoute(
    {
      method: "get",
      path,
      id: "getAgent",
      tag,
      summary: "Get an agent by name or id",
      query: NoQuery,
      body: NoBody,
      answers: stored(StoredAgent),
    },
    async ({ param }) => answerStored(await requireResource(store, addressOf(param("name")))),
  );
}

function apply({ store }: Services): Route {
  return defineRoute(
    {
      method: "put",
      path,
      id: "applyAgent",
      tag,
      summary: "Create or replace an agent",
      query: DryRunQuery,
      body: Agent,
      headers: IF_MATCH_HEADER,
      answers: APPLIED,
    },
    ({ param, body: resource, query, header }) => {
      refuseOtherName(resource, param("name"));
      const ifGeneration = generationOf(header("if-match"));
      const dryRun = isTrue(query.dryRun);
      return answerApply(store, { resource, version: "" }, { ifGeneration, dryRun });
    },
  );
}

function remove({ store }: Services): Route {
  return defineRoute(
    {
      method: "delete",
      path,
      id: "deleteAgent",
      tag,
      summary: "Delete an agent",
      description: "Runs that have begun go on with the agent as it was.",
      query: DryRunQuery,
      body: NoBody,
      headers: IF_MATCH_HEADER,
      answers: DELETED,
    },
    ({ param, query, header }) => {
      const ifGeneration = generationOf(header("if-match"));
      const options = { ifGeneration, dryRun: isTrue(query.dryRun), allVersions: false };
      return answerDelete(store, addressOf(param("name")), options);
    },
  );
}
