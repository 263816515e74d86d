import { afterAll, expect, test } from "bun:test";

import { z } from "zod";

import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import { bodyOf, openServer } from "./open-server.ts";

const server = openServer();
afterAll(() => server.stop());

const Document = z.object({
  openapi: z.literal("3.1.0"),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string(),
    z.partialRecord(
      z.enum(["get", "put", "post", "delete"]),
      z.object({
        operationId: z.string(),
        tags: z.array(z.string()),
        summary: z.string(),
        parameters: z
          .array(
            z.object({
              name: z.string(),
              in: z.enum(["path", "query", "header"]),
              required: z.boolean(),
              schema: z.any(),
            }),
          )
          .optional(),
        requestBody: z.object({ required: z.boolean(), content: z.any() }).optional(),
        responses: z.record(z.string(), z.object({ description: z.string() })),
        security: z.array(z.any()).optional(),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.any()), securitySchemes: z.any() }),
});

const describe = async () => Document.parse(await bodyOf(await server.request("/openapi.json")));

test("every route is described, and nothing that only parts may ask", async () => {
  const { paths } = await describe();

  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(routes.toSorted()).toMatchInlineSnapshot(`
    [
      "delete /v1/agents/{name}",
      "delete /v1/workflows/{namespace}/{name}",
      "delete /v1/workflows/{name}",
      "get /",
      "get /docs",
      "get /healthz",
      "get /openapi.json",
      "get /readyz",
      "get /v1/agents",
      "get /v1/agents/{name}",
      "get /v1/runs",
      "get /v1/runs/{id}",
      "get /v1/runs/{id}/events",
      "get /v1/server",
      "get /v1/workflows",
      "get /v1/workflows/{namespace}/{name}",
      "get /v1/workflows/{name}",
      "post /v1/runs",
      "post /v1/runs/{id}/cancel",
      "post /v1/runs/{id}/pause",
      "post /v1/runs/{id}/resume",
      "post /v1/runs/{id}/signals",
      "put /v1/agents/{name}",
      "put /v1/workflows/{namespace}/{name}",
      "put /v1/workflows/{name}",
    ]
  `);
});

test("operations have names of their own and every part of a path is a parameter", async () => {
  const { paths } = await describe();
  const ids: string[] = [];

  for (const [path, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      ids.push(operation.operationId);
      const named = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "path")
        .map(({ name }) => `{${name}}`);
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(operation.responses["default"]).toBeDefined();
    }
  }

  expect(new Set(ids).size).toBe(ids.length);
});

test("every reference leads to a schema, and every schema is referred to", async () => {
  const document = await bodyOf(await server.request("/openapi.json"));
  const references = [...collectReferences(JSON.parse(JSON.stringify(document)))];

  const names = Object.keys(document["components"].schemas);
  const used = new Set(references.map((reference) => reference.split("/").at(-1)));
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    expect(names).toContain(reference.replace("#/components/schemas/", ""));
  }
  expect(names.filter((name) => !used.has(name) && name !== "RunEvent")).toEqual([]);
});

test("what is sent may leave out what has a default; what is answered has it", async () => {
  const { schemas } = (await describe()).components;

  expect(schemas["Agent"].properties.spec.required).toEqual(["instructions"]);
  expect(schemas["StoredAgent"].properties.spec.required).toContain("limits");
  expect(schemas["RunCreate"].required).toEqual(["target"]);
  expect(schemas["RunCreate"].additionalProperties).toBe(false);
});

test("only what holds no data is free of the token", async () => {
  const { paths } = await describe();

  const open = Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations).flatMap((operation) =>
      operation.security?.length === 0 ? [path] : [],
    ),
  );
  expect(open.toSorted()).toEqual(["/", "/docs", "/healthz", "/openapi.json", "/readyz"]);
});

test("the page of the documentation may run its own script and nothing else", async () => {
  const response = await server.request("/docs");

  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(policy).toStartWith("default-src 'none'; script-src 'sha256-");
  expect(policy).not.toContain("unsafe");
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(html).not.toMatch(/\son\w+=|\sstyle=/);
  expect(html).toContain("/openapi.json");
});

function* collectReferences(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* collectReferences(item);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "$ref" && typeof item === "string") yield item;
    yield* collectReferences(item);
  }
}
