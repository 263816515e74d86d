import { afterAll, describe, expect, test } from "bun:test";

import { isLoopback } from "../../src/server/guard.ts";
import { agent, bodyOf, json, openServer, TOKEN } from "./open-server.ts";

const local = openServer();
const everywhere = openServer({ listen: "0.0.0.0" });
const named = openServer({ listen: "stigmer.example" });
afterAll(async () => {
  for (const server of [local, everywhere, named]) await server.stop();
});

describe("token", () => {
  test.each([
    ["none", ""],
    ["another", "Bearer nonsense"],
    ["a longer one", `Bearer ${TOKEN}x`],
    ["no scheme", TOKEN],
    ["another scheme", `Basic ${TOKEN}`],
    ["two", `Bearer ${TOKEN} ${TOKEN}`],
  ])("%s is a 401", async (_name, authorization) => {
    const response = await local.request("/v1/agents", { headers: { authorization } });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="stigmer"');
    expect(await bodyOf(response)).toMatchObject({ code: "not_permitted", status: 401 });
  });

  test("the right one opens, whatever the case of the scheme", async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`]) {
      expect((await local.request("/v1/agents", { headers: { authorization } })).status).toBe(200);
    }
  });

  test.each(["/v1/agents", "/v1/runs", "/v1/server", "/v1/workflows/x", "/nonsense"])(
    "%s needs one",
    async (path) => {
      expect((await local.request(path, { headers: { authorization: "" } })).status).toBe(401);
    },
  );

  test.each(["/healthz", "/readyz", "/docs", "/openapi.json", "/"])(
    "%s holds no data and needs none",
    async (path) => {
      const response = await local.request(path, { headers: { authorization: "" } });

      expect(response.status).toBeLessThan(400);
    },
  );

  test("over the socket of the parts the file's mode is the guard", async () => {
    const headers = { authorization: "", host: "server" };

    const response = await local.request("/v1/agents", { headers, isTrusted: true });

    expect(response.status).toBe(200);
  });
});

describe("host", () => {
  test.each(["127.0.0.1:7234", "localhost:7234", "LOCALHOST", "[::1]:7234", "127.0.0.1:9999"])(
    "%s is this server",
    async (host) => {
      expect((await local.request("/healthz", { headers: { host } })).status).toBe(200);
    },
  );

  test.each([
    "evil.example",
    "evil.example:7234",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "[::2]",
    "user@127.0.0.1",
    "127.0.0.1:7234:1",
  ])("%s is not", async (host) => {
    const response = await local.request("/healthz", { headers: { host } });

    expect(response.status).toBe(421);
    expect(await bodyOf(response)).toMatchObject({ code: "not_permitted" });
  });

  test("a server on every address takes addresses, but no names", async () => {
    const statuses = [];
    for (const host of ["10.0.0.1:7234", "[fd00::1]:7234", "evil.example"]) {
      statuses.push((await everywhere.request("/healthz", { headers: { host } })).status);
    }

    expect(statuses).toEqual([200, 200, 421]);
  });

  test("a server on a name is called by it", async () => {
    const headers = { host: "Stigmer.Example:7234" };

    expect((await named.request("/healthz", { headers })).status).toBe(200);
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["LocalHost", true],
  ["::1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.2", false],
  ["127.0.0.1.example", false],
])("whether only this machine can call %s: %p", (listen, expected) => {
  expect(isLoopback(listen)).toBe(expected);
});

describe("origin", () => {
  test.each(["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost:7234"])(
    "a page of %s is refused",
    async (origin) => {
      const response = await local.request("/healthz", { headers: { origin } });

      expect(response.status).toBe(403);
    },
  );

  test("a page of this server is not", async () => {
    const headers = { origin: "http://127.0.0.1:7234" };

    expect((await local.request("/v1/agents", { headers })).status).toBe(200);
  });

  test("no answer allows other sites to read it", async () => {
    const response = await local.request("/v1/agents", {
      method: "OPTIONS",
      headers: { origin: "http://127.0.0.1:7234", "access-control-request-method": "PUT" },
    });

    expect(response.status).toBe(405);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("bodies", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])(
    'of type "%s" are a 415',
    async (contentType) => {
      const response = await local.request("/v1/agents/a", {
        ...json(agent("a"), "PUT"),
        headers: { "content-type": contentType },
      });

      expect(response.status).toBe(415);
    },
  );

  test("of a JSON type with parameters or a suffix are taken", async () => {
    for (const type of ["application/json; charset=utf-8", "application/merge-patch+json"]) {
      const response = await local.request("/v1/agents/a", {
        ...json(agent("a"), "PUT"),
        headers: { "content-type": type },
      });
      expect(response.status).toBeLessThan(300);
    }
  });

  test("that announce more than 16 MiB are a 413 before they are read", async () => {
    const response = await local.request("/v1/runs", {
      method: "POST",
      body: "{}",
      headers: { "content-length": String(16 * 1024 * 1024 + 1) },
    });

    expect(response.status).toBe(413);
  });

  test("that turn out larger than 16 MiB are a 413", async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    let left = 17;
    const body = new ReadableStream({
      pull: (controller) => {
        if (left === 0) return controller.close();
        left -= 1;
        return controller.enqueue(chunk);
      },
    });

    const response = await local.request("/v1/runs", { method: "POST", body });

    expect(response.status).toBe(413);
    expect(await bodyOf(response)).toMatchObject({ code: "invalid_input" });
  });

  test("that are no JSON are a 400", async () => {
    const response = await local.request("/v1/runs", { method: "POST", body: "{target" });

    expect(response.status).toBe(400);
    expect((await bodyOf(response))["detail"]).toStartWith("the request body is not JSON");
  });

  test("that nest without end are refused, and the server goes on", async () => {
    const deep = "[".repeat(1_000_000);

    const response = await local.request("/v1/runs", { method: "POST", body: deep });

    expect(response.status).toBe(422);
    expect((await local.request("/healthz")).status).toBe(200);
  });

  test("that are missing are named so", async () => {
    const response = await local.request("/v1/runs", { method: "POST" });

    expect(response.status).toBe(422);
  });

  test("with __proto__ change nothing but themselves", async () => {
    const response = await local.request("/v1/runs", {
      method: "POST",
      body: '{"__proto__": {"target": "x"}, "target": "nobody"}',
    });

    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(({} as Record<string, unknown>)["target"]).toBeUndefined();
  });
});

describe("what is not there", () => {
  test("a wrong path is a Problem that suggests a right one", async () => {
    const response = await local.request("/v1/agent");

    expect(response.status).toBe(404);
    expect(await bodyOf(response)).toMatchObject({ hint: "did you mean /v1/agents?" });
  });

  test("a wrong method is a Problem that names the right ones", async () => {
    const response = await local.request("/v1/agents/a", { method: "PATCH" });

    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, PUT, DELETE");
    expect(await bodyOf(response)).toMatchObject({ code: "invalid_input" });
  });

  test("what only parts may ask is not there over TCP", async () => {
    const ask = { kind: "Agent", name: "nobody" };

    const outside = await local.request("/internal/resolve", json(ask));
    const inside = await local.request("/internal/resolve", { ...json(ask), isTrusted: true });

    expect(outside.status).toBe(404);
    expect(await bodyOf(outside)).toMatchObject({
      detail: "there is nothing at /internal/resolve",
    });
    expect(await bodyOf(inside)).toMatchObject({ detail: 'there is no agent "nobody"' });
  });

  test("parts get the spec of an agent as it is now", async () => {
    await local.request("/v1/agents/known", json(agent("known"), "PUT"));

    const ask = json({ kind: "Agent", name: "known" });
    const response = await local.request("/internal/resolve", { ...ask, isTrusted: true });

    expect(await bodyOf(response)).toMatchObject({ definition: { instructions: "Write." } });
  });
});

describe("a bug", () => {
  test("is a 500 that shows nothing but where to look", async () => {
    const server = openServer();
    const secret = "SELECT secret FROM innards";
    server.store.runs.get = () => Promise.reject(new TypeError(secret));

    const response = await server.request("/v1/runs/run_1");

    const text = await response.text();
    const requestId = response.headers.get("x-request-id") ?? "";
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(text).not.toContain(secret);
    expect(text).toContain(requestId);
    expect(server.logged.join("\n")).toContain(secret);
    expect(server.logged.join("\n")).toContain(requestId);
    await server.stop();
  });

  test("no log line holds a token", async () => {
    await local.request("/v1/agents", { headers: { authorization: `Bearer ${TOKEN}x` } });

    expect(local.logged.join("\n")).not.toContain(TOKEN);
  });
});
