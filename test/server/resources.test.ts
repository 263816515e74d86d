import { afterEach, describe, expect, test } from "bun:test";

import { agent, bodyOf, json, openServer, type TestServer, workflow } from "./open-server.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

function open(): TestServer {
  const server = openServer();
  servers.push(server);
  return server;
}

const put = (body: Parameters<typeof json>[0]) => json(body, "PUT");

describe("agents", () => {
  test("PUT creates, changes and leaves; the ETag tells the generation", async () => {
    const { request } = open();

    const created = await request("/v1/agents/a", put(agent("a")));
    const same = await request("/v1/agents/a", put(agent("a")));
    const changed = await request("/v1/agents/a", put(agent("a", { instructions: "Other." })));

    expect([created.status, same.status, changed.status]).toEqual([201, 200, 200]);
    expect([created, same, changed].map(({ headers }) => headers.get("etag"))).toEqual([
      '"1"',
      '"1"',
      '"2"',
    ]);
    expect(await bodyOf(created)).toMatchObject({ outcome: "created" });
    expect(await bodyOf(same)).toMatchObject({ outcome: "unchanged" });
    expect(await bodyOf(changed)).toMatchObject({ outcome: "changed" });
  });

  test("GET finds it by name and by id, with its defaults", async () => {
    const { request } = open();
    const created = await bodyOf(await request("/v1/agents/a", put(agent("a"))));

    const byName = await bodyOf(await request("/v1/agents/a"));
    const byId = await bodyOf(await request(`/v1/agents/${created["resource"].status.id}`));

    expect(byName).toEqual(byId);
    expect(byName).toMatchObject({ spec: { limits: { stepsMax: 50 }, tools: [] } });
  });

  test("an agent that is not there is a Problem that suggests one that is", async () => {
    const { request } = open();
    await request("/v1/agents/release-writer", put(agent("release-writer")));

    const response = await request("/v1/agents/release-wrier");

    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await bodyOf(response)).toEqual({
      type: "https://stigmer.ai/problems/not_found",
      title: "there is no such thing",
      status: 404,
      detail: 'there is no agent "release-wrier"',
      instance: "/v1/agents/release-wrier",
      code: "not_found",
      hint: 'did you mean "release-writer"?',
    });
  });

  test("If-Match guards a change and a deletion", async () => {
    const { request } = open();
    await request("/v1/agents/a", put(agent("a")));
    await request("/v1/agents/a", put(agent("a", { instructions: "2" })));

    const guarded = (etag: string, method: string) =>
      request("/v1/agents/a", {
        ...(method === "PUT" ? put(agent("a", { instructions: "3" })) : { method }),
        headers: { "if-match": etag },
      });

    const stale = await guarded('"1"', "PUT");
    expect(stale.status).toBe(412);
    expect(await bodyOf(stale)).toMatchObject({ code: "conflict" });
    expect((await guarded('"1"', "DELETE")).status).toBe(412);
    expect((await guarded("2", "PUT")).status).toBe(400);
    expect((await guarded('"2"', "PUT")).status).toBe(200);
    expect((await guarded('"3"', "DELETE")).status).toBe(200);
    expect((await guarded('"3"', "DELETE")).status).toBe(412);
  });

  test("a dry run answers the same and keeps nothing", async () => {
    const { request } = open();

    const planned = await request("/v1/agents/a?dryRun=true", put(agent("a")));
    expect(await bodyOf(planned)).toMatchObject({ outcome: "created" });
    expect((await request("/v1/agents/a")).status).toBe(404);

    await request("/v1/agents/a", put(agent("a")));
    const deleted = await request("/v1/agents/a?dryRun=true", { method: "DELETE" });
    expect(await bodyOf(deleted)).toMatchObject({ items: [{ metadata: { name: "a" } }] });
    expect((await request("/v1/agents/a")).status).toBe(200);
  });

  test("lists are filtered by label and paged", async () => {
    const { request } = open();
    for (const [name, team] of [
      ["a", "core"],
      ["b", "core"],
      ["c", "web"],
    ] as const) {
      const manifest = {
        apiVersion: "agentic.stigmer.ai/v1",
        kind: "Agent",
        metadata: { name, labels: { team } },
        spec: { instructions: "x" },
      };
      await request(`/v1/agents/${name}`, put(manifest));
    }

    const first = await bodyOf(await request("/v1/agents?limit=2"));
    const second = await bodyOf(await request(`/v1/agents?limit=2&cursor=${first["nextCursor"]}`));
    const core = await bodyOf(await request("/v1/agents?label=team%3Dcore"));

    const names = (page: typeof first) =>
      page["items"].map((item: { metadata: { name: string } }) => item.metadata.name);
    expect([names(first), names(second), names(core)]).toEqual([["c", "b"], ["a"], ["b", "a"]]);
    expect(second["nextCursor"]).toBeUndefined();
  });

  test.each([
    [
      "an unknown field",
      agent("a", { modle: {} }),
      { pointer: "/spec/modle", suggestion: "model" },
    ],
    ["another name", agent("b"), { pointer: "/metadata/name", expected: '"a"' }],
    ["another kind", workflow("a"), { pointer: "/kind", expected: '"Agent"' }],
    ["no body of an object", ["x"], { pointer: "", expected: "an object" }],
  ])("%s is refused with its place", async (_name, body, issue) => {
    const { request } = open();

    const response = await request("/v1/agents/a", put(body));

    expect(response.status).toBe(422);
    expect(await bodyOf(response)).toMatchObject({
      code: "invalid_input",
      errors: expect.arrayContaining([expect.objectContaining(issue)]),
    });
  });
});

describe("workflows", () => {
  test("versions live side by side and the newest is meant", async () => {
    const { request } = open();
    for (const version of ["1.0.0", "1.10.0", "1.9.0"]) {
      const response = await request("/v1/workflows/default/w", put(workflow("w", version)));
      expect(response.status).toBe(201);
    }

    const versionAt = async (path: string) => {
      const body = await bodyOf(await request(path));
      return body["spec"].document.version;
    };

    expect(await versionAt("/v1/workflows/default/w")).toBe("1.10.0");
    expect(await versionAt("/v1/workflows/w")).toBe("1.10.0");
    expect(await versionAt("/v1/workflows/w@1.9.0")).toBe("1.9.0");
    expect(await versionAt("/v1/workflows/default%2Fw%401.0.0")).toBe("1.0.0");
    const newest = await bodyOf(await request("/v1/workflows"));
    const all = await bodyOf(await request("/v1/workflows?allVersions=true"));
    expect([newest["items"].length, all["items"].length]).toEqual([1, 3]);
  });

  test("a version that is not there lists those that are", async () => {
    const { request } = open();
    await request("/v1/workflows/w", put(workflow("w", "1.0.0")));

    const body = await bodyOf(await request("/v1/workflows/w@2.0.0"));

    expect(body).toMatchObject({ status: 404, hint: "its versions are 1.0.0" });
  });

  test("DELETE asks which of several versions is meant", async () => {
    const { request } = open();
    await request("/v1/workflows/w", put(workflow("w", "1.0.0")));
    await request("/v1/workflows/w", put(workflow("w", "2.0.0")));

    const unclear = await request("/v1/workflows/w", { method: "DELETE" });
    expect(unclear.status).toBe(409);
    expect(await bodyOf(unclear)).toMatchObject({
      detail: '"default/w" has 2 versions: 2.0.0, 1.0.0',
    });

    const one = await request("/v1/workflows/w@2.0.0", { method: "DELETE" });
    expect(one.status).toBe(200);
    const rest = await request("/v1/workflows/w", { method: "DELETE" });
    expect(rest.status).toBe(200);
    expect((await request("/v1/workflows/w", { method: "DELETE" })).status).toBe(404);
  });

  test("every version goes with allVersions", async () => {
    const { request } = open();
    await request("/v1/workflows/w", put(workflow("w", "1.0.0")));
    await request("/v1/workflows/w", put(workflow("w", "2.0.0")));

    const response = await request("/v1/workflows/w?allVersions=true", { method: "DELETE" });

    expect((await bodyOf(response))["items"]).toHaveLength(2);
    expect((await request("/v1/workflows/w")).status).toBe(404);
  });

  test("a document with a typo is refused with a pointer into the body", async () => {
    const { request } = open();
    const manifest = {
      apiVersion: "agentic.stigmer.ai/v1",
      kind: "Workflow",
      metadata: { name: "default/w" },
      spec: {
        document: { dsl: "1.0.3", namespace: "default", name: "w", version: "1.0.0" },
        do: [{ greet: { sett: { greeting: "hello" } } }],
      },
    };

    const response = await request("/v1/workflows/w", put(manifest));

    expect(response.status).toBe(422);
    const body = await bodyOf(response);
    expect(body["errors"][0].pointer).toStartWith("/spec/do/0/greet");
  });

  test("a valid document that can't run yet is refused with its place", async () => {
    const { request } = open();
    const manifest = {
      apiVersion: "agentic.stigmer.ai/v1",
      kind: "Workflow",
      metadata: { name: "default/w" },
      spec: {
        document: { dsl: "1.0.3", namespace: "default", name: "w", version: "1.0.0" },
        do: [{ later: { listen: { to: { one: { with: { type: "x" } } } } } }],
      },
    };

    const response = await request("/v1/workflows/w", put(manifest));

    expect(response.status).toBe(422);
    const body = await bodyOf(response);
    expect(body["detail"]).toContain("is valid but can't run");
    expect(body["errors"][0].pointer).toStartWith("/spec/do/0/later");
  });

  test("the name of the envelope is that of the document", async () => {
    const { request } = open();
    const manifest = {
      apiVersion: "agentic.stigmer.ai/v1",
      kind: "Workflow",
      metadata: { name: "default/other" },
      spec: {
        document: { dsl: "1.0.3", namespace: "default", name: "w", version: "1.0.0" },
        do: [{ greet: { set: { greeting: "hello" } } }],
      },
    };

    const response = await request("/v1/workflows/other", put(manifest));

    expect(await bodyOf(response)).toMatchObject({
      status: 422,
      errors: [{ pointer: "/metadata/name", expected: '"default/w"' }],
    });
  });
});
