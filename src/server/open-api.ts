import { z } from "zod";

import { version } from "../base/build-info.ts";
import { isJsonObject, Json, type JsonObject, type JsonValue } from "../base/json.ts";
import { PartStatus } from "../base/part-status.ts";
import { Problem } from "../schema/api/problem.ts";
import {
  ApplyResult,
  ResourcePage,
  StoredAgent,
  StoredResource,
  StoredWorkflow,
} from "../schema/api/resource.ts";
import { RunEvent, RunEventPage } from "../schema/api/run-event.ts";
import { Run, RunCreate, RunPage, SignalCreate, SignalResult } from "../schema/api/run.ts";
import { Health, Readiness, ServerReport } from "../schema/api/server.ts";
import { Agent } from "../schema/kinds/agent.ts";
import { Workflow } from "../schema/kinds/workflow.ts";
import type { Answer, Route } from "./route.ts";

/** Schemas with a name in the document. What is sent and what is answered differ: only in answers are defaults filled in. */
const sent = z.registry<{ id: string }>();
sent.add(Agent, { id: "Agent" });
sent.add(Workflow, { id: "Workflow" });
sent.add(RunCreate, { id: "RunCreate" });
sent.add(SignalCreate, { id: "SignalCreate" });

const answered = z.registry<{ id: string }>();
answered.add(StoredAgent, { id: "StoredAgent" });
answered.add(StoredWorkflow, { id: "StoredWorkflow" });
answered.add(StoredResource, { id: "StoredResource" });
answered.add(ResourcePage, { id: "ResourcePage" });
answered.add(ApplyResult, { id: "ApplyResult" });
answered.add(Run, { id: "Run" });
answered.add(RunPage, { id: "RunPage" });
answered.add(RunEvent, { id: "RunEvent" });
answered.add(RunEventPage, { id: "RunEventPage" });
answered.add(SignalResult, { id: "SignalResult" });
answered.add(Health, { id: "Health" });
answered.add(PartStatus, { id: "PartReport" });
answered.add(Readiness, { id: "Readiness" });
answered.add(ServerReport, { id: "ServerReport" });
answered.add(Problem, { id: "Problem" });

/** The OpenAPI 3.1 description of the routes, from the very schemas that check them. */
export function describeApi(routes: readonly Route[]): JsonObject {
  const paths: { [path: string]: JsonObject } = {};
  for (const { spec } of routes) {
    if (spec.access === "internal") continue;
    paths[spec.path] = { ...paths[spec.path], [spec.method]: describeOperation(spec) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Stigmer",
      version,
      description:
        "Agents and durable workflows on one machine. Errors are `application/problem+json` with a stable `code`; lists page by `limit` and `cursor`.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The text of the file `token` in the home folder of stigmer.",
        },
      },
      schemas: { ...componentsOf(sent, "input"), ...componentsOf(answered, "output") },
    },
  };
}

function describeOperation(spec: Route["spec"]): JsonObject {
  const { id, tag, summary, description, access } = spec;
  const parameters = [
    ...pathParameters(spec.path),
    ...queryParameters(spec.query),
    ...headers(spec),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(access === "open" ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...describeBody(spec.body),
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      default: {
        description: "What is wrong and how to mend it.",
        content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
      },
    },
  };
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject): JsonObject[] {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schemaOf(schema, "input"),
  }));
}

function headers({ headers: described = {} }: Route["spec"]): JsonObject[] {
  return Object.entries(described).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
}

function describeBody(body: z.ZodType): JsonObject {
  if (body instanceof z.ZodUndefined) return {};
  const required = !body.safeParse(undefined).success;
  const content = { "application/json": { schema: schemaOf(body, "input") } };
  return { requestBody: { required, content } };
}

function describeAnswer({ description, schema, other = {} }: Answer): JsonObject {
  const content: { [mediaType: string]: JsonObject } = {};
  if (schema) content["application/json"] = { schema: schemaOf(schema, "output") };
  for (const [mediaType, example] of Object.entries(other)) {
    content[mediaType] = { schema: { type: "string" }, example };
  }
  return { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
}

/** By name where the schema has one. */
function schemaOf(schema: z.core.$ZodType, io: "input" | "output"): JsonValue {
  const name = (io === "input" ? sent : answered).get(schema)?.id;
  if (name !== undefined) return { $ref: addressOf(name) };
  return clean(Json.parse(z.toJSONSchema(schema, { ...OPTIONS, io })));
}

function componentsOf(registry: typeof sent, io: "input" | "output"): JsonObject {
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, io, uri: addressOf });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, clean(Json.parse(schema))]),
  );
}

function addressOf(name: string): string {
  return `#/components/schemas/${name}`;
}

const OPTIONS = {
  // What JSON Schema can't say, such as "any JSON value", takes everything.
  unrepresentable: "any",
  override: ({ jsonSchema }) => {
    // A format says it; the pattern of a date-time alone has 500 characters.
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  },
} as const satisfies Parameters<typeof z.toJSONSchema>[1];

/** Each schema would name its dialect and its own address: the document says the one and gives the other. */
function clean(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return schema;
  const { $schema: _dialect, $id: _address, ...rest } = schema;
  return rest;
}
