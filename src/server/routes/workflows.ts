import { StoredWorkflow } from "../../schema/api/resource.ts";
import { Workflow } from "../../schema/kinds/workflow.ts";
import { checkWorkflow } from "../check-workflow.ts";
import { requireResource, workflowAddress } from "../find-resource.ts";
import { parseLabels } from "../parse-labels.ts";
import { defineRoute, NoBody, NoQuery, type Route, type RouteRequest } from "../route.ts";
import type { Services } from "../services.ts";
import {
  DeleteQuery,
  DryRunQuery,
  generationOf,
  IF_MATCH_HEADER,
  isTrue,
  WorkflowQuery,
} from "../write-options.ts";
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

const tag = "Workflows";
const NAMES = `A workflow is \`namespace/name\`; the namespace \`default\` may be left out. \`@version\` after the name means one version, none the newest.`;

/** A path with and one without the namespace, for the same operation. */
const paths = [
  { path: "/v1/workflows/{name}", suffix: "" },
  { path: "/v1/workflows/{namespace}/{name}", suffix: "InNamespace" },
];

export function workflowRoutes(services: Services): Route[] {
  return [
    list(services),
    ...[get, apply, remove].flatMap((define) => paths.map((each) => define(services, each))),
  ];
}

type Each = (typeof paths)[number];

function nameIn({ param }: Pick<RouteRequest<never, never>, "param">): string {
  const namespace = param("namespace");
  return namespace === "" ? param("name") : `${namespace}/${param("name")}`;
}

function list({ store }: Services): Route {
  return defineRoute(
    {
      method: "get",
      path: "/v1/workflows",
      id: "listWorkflows",
      tag,
      summary: "List workflows, of each the newest version",
      query: WorkflowQuery,
      body: NoBody,
      answers: PAGE,
    },
    async ({ query: { label, allVersions, ...query } }) => {
      const filter = { ...query, labels: parseLabels(label), allVersions: isTrue(allVersions) };
      return Response.json(await store.resources.list("Workflow", filter));
    },
  );
}

function get({ store }: Services, { path, suffix }: Each): Route {
  return defineRoute(
    {
      method: "get",
      path,
      id: `getWorkflow${suffix}`,
      tag,
      summary: "Get a workflow by name or id",
      description: NAMES,
      query: NoQuery,
      body: NoBody,
      answers: stored(StoredWorkflow),
    },
    async (request) => answerStored(await requireResource(store, workflowAddress(nameIn(request)))),
  );
}

function apply({ store }: Services, { path, suffix }: Each): Route {
  return defineRoute(
    {
      method: "put",
      path,
      id: `applyWorkflow${suffix}`,
      tag,
      summary: "Create or replace a version of a workflow",
      description: `The version is the document's own. Other versions stay as they are.`,
      query: DryRunQuery,
      body: Workflow,
      headers: IF_MATCH_HEADER,
      answers: APPLIED,
    },
    ({ body: resource, query, header, ...request }) => {
      refuseOtherName(resource, workflowAddress(nameIn(request)).nameOrId);
      const { document } = checkWorkflow(resource);
      const ifGeneration = generationOf(header("if-match"));
      const dryRun = isTrue(query.dryRun);
      return answerApply(store, { resource, version: document.version }, { ifGeneration, dryRun });
    },
  );
}

function remove({ store }: Services, { path, suffix }: Each): Route {
  return defineRoute(
    {
      method: "delete",
      path,
      id: `deleteWorkflow${suffix}`,
      tag,
      summary: "Delete a version of a workflow, or all of them",
      description: `${NAMES} Where there are several, one has to be named, or all with \`allVersions=true\`.`,
      query: DeleteQuery,
      body: NoBody,
      headers: IF_MATCH_HEADER,
      answers: DELETED,
    },
    ({ query, header, ...request }) => {
      const ifGeneration = generationOf(header("if-match"));
      const allVersions = isTrue(query.allVersions);
      const options = { ifGeneration, dryRun: isTrue(query.dryRun), allVersions };
      return answerDelete(store, workflowAddress(nameIn(request)), options);
    },
  );
}
