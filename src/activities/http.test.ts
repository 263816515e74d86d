import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { JsonValue } from "../base/json.ts";
import type { ActivityContext } from "../durable/backend.ts";
import { ActivityFailure } from "../durable/errors.ts";
import { callHttp } from "./http.ts";

/** What the stand-in server saw of one request. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

let seen: Seen[] = [];
let server: Bun.Server<undefined>;
let other: Bun.Server<undefined>;

beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle });
  other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle });
});
afterAll(() => Promise.all([server.stop(true), other.stop(true)]));

const answers: Record<string, (url: URL) => Response | Promise<Response>> = {
  "/json": () => Response.json({ a: [1, null, "ü"] }),
  "/problem": () =>
    new Response('{"title":"no"}', {
      headers: { "content-type": "application/problem+json; charset=utf-8" },
    }),
  "/bad-json": () => new Response("{", { headers: { "content-type": "application/json" } }),
  "/text": () => new Response("plain", { headers: { "content-type": "text/plain", "x-one": "1" } }),
  "/latin": () =>
    new Response(new Uint8Array([0xe4]), {
      headers: { "content-type": "text/plain; charset=ISO-8859-1" },
    }),
  "/bytes": () => new Response(new Uint8Array([0, 255, 1])),
  "/empty": () => new Response(null, { status: 204 }),
  "/missing": () => new Response("nothing here", { status: 404, statusText: "Not Found" }),
  "/busy": () => new Response("", { status: 503, headers: { "retry-after": "7" } }),
  "/moved": () => new Response(null, { status: 301, headers: { location: "/json" } }),
  "/see-other": () => new Response(null, { status: 303, headers: { location: "/json" } }),
  "/temporary": () => new Response(null, { status: 307, headers: { location: "/json" } }),
  "/away": () =>
    new Response(null, { status: 302, headers: { location: `${other.url.origin}/json` } }),
  "/loop": () => new Response(null, { status: 302, headers: { location: "/loop" } }),
  "/to-file": () =>
    new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
  "/unchanged": () => new Response(null, { status: 304 }),
  "/big": () => new Response(new Uint8Array(20 * 1024 * 1024 + 1)),
  "/gzip": () =>
    new Response(Bun.gzipSync(new Uint8Array(21 * 1024 * 1024)), {
      headers: { "content-encoding": "gzip" },
    }),
  "/silent": () => new Promise<Response>(() => undefined),
};

async function handle(request: Request): Promise<Response> {
  const { method, url, headers } = request;
  seen.push({ method, url, headers, body: await request.text() });
  const path = new URL(url).pathname;
  return answers[path]?.(new URL(url)) ?? Response.json({ path });
}

async function call(path: string, input: Record<string, JsonValue> = {}, signal?: AbortSignal) {
  seen = [];
  const context: ActivityContext = {
    runId: "run_1",
    commandId: "/do/0/get",
    idempotencyKey: "run_1//do/0/get",
    attempt: 1,
    signal: signal ?? new AbortController().signal,
    progress: () => undefined,
  };
  const uri = path.includes("://") ? path : `${server.url.origin}${path}`;
  return callHttp({ method: "get", uri, ...input }, context);
}

async function failureOf(promise: Promise<unknown>): Promise<ActivityFailure> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ActivityFailure) return error;
  throw new Error(`it was no failure but ${String(error)}`);
}

describe("content", () => {
  test.each([
    ["/json", { a: [1, null, "ü"] }],
    ["/problem", { title: "no" }],
    ["/text", "plain"],
    ["/latin", "ä"],
    ["/bytes", "AP8B"],
    ["/empty", null],
  ])("of %s is %p", async (path, content) => {
    expect(await call(path)).toEqual(content);
  });

  test("comes as bytes in Base64 when raw is asked for", async () => {
    expect(await call("/text", { output: "raw" })).toBe(btoa("plain"));
  });

  test("comes with request, status and headers when the response is asked for", async () => {
    const authentication = { scheme: "bearer", token: "secret" };

    const response = await call("/text", {
      output: "response",
      headers: { "X-Own": 1 },
      authentication,
    });

    expect(response).toMatchObject({
      request: { method: "GET", uri: `${server.url.origin}/text`, headers: { "x-own": "1" } },
      statusCode: 200,
      headers: { "content-type": "text/plain", "x-one": "1" },
      content: "plain",
    });
    expect(JSON.stringify(response)).not.toContain("secret");
  });

  test("that is not what its type says is a failure", async () => {
    const { error } = await failureOf(call("/bad-json"));

    expect(error).toMatchObject({ status: 500 });
    expect(error.detail).toContain("is said to be application/json and is not");
  });

  test.each(["/big", "/gzip"])("beyond 20 MB is refused: %s", async (path) => {
    const { error } = await failureOf(call(path));

    expect(error.detail).toEndWith("is bigger than 20 MB");
  });
});

describe("a request", () => {
  test("carries query, headers and a JSON body, and a key by which repeats are known", async () => {
    await call("/echo?a=0", {
      method: "post",
      query: { b: 1, c: ["x", true], d: null, e: "ü &" },
      headers: { "x-own": "1" },
      body: { deep: [1] },
    });

    const [{ method, url, headers, body }] = seen as [Seen];
    expect(method).toBe("POST");
    expect(new URL(url).search).toBe("?a=0&b=1&c=x&c=true&e=%C3%BC+%26");
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("idempotency-key")).toBe("run_1//do/0/get");
    expect(JSON.parse(body)).toEqual({ deep: [1] });
  });

  test("keeps the key that the document sets, and a safe method has none", async () => {
    await call("/echo", { method: "put", headers: { "Idempotency-Key": "own" } });
    const own = seen[0]?.headers.get("idempotency-key");
    await call("/echo");

    expect([own, seen[0]?.headers.get("idempotency-key")]).toEqual(["own", null]);
  });

  test.each<[string, JsonValue, string]>([
    ["text/plain", "as it is", "as it is"],
    ["application/json", "quoted", '"quoted"'],
    ["application/x-www-form-urlencoded", { a: "1 2", b: [3, 4] }, "a=1+2&b=3&b=4"],
  ])("of type %s writes its body accordingly", async (type, body, written) => {
    await call("/echo", { method: "post", headers: { "content-type": type }, body });

    expect(seen[0]?.body).toBe(written);
  });

  test("authenticates as it is told, also by the URI, which then holds nothing of it", async () => {
    const basic = { scheme: "basic", username: "ann", password: "pä:ss" };
    await call("/echo", { authentication: basic });
    const fromInput = seen[0]?.headers.get("authorization");
    const response = await call(`http://bob:p%40ss@127.0.0.1:${server.port}/echo`, {
      output: "response",
    });

    expect(fromInput).toBe(`Basic ${Buffer.from("ann:pä:ss").toString("base64")}`);
    expect(seen[0]?.headers.get("authorization")).toBe(`Basic ${btoa("bob:p@ss")}`);
    expect(JSON.stringify(response)).not.toContain("bob");
  });

  test.each<[string, Record<string, JsonValue>, string]>([
    ["not a URI", {}, '"not a URI" is not a URI'],
    ["file:///etc/passwd", {}, '"file:///etc/passwd" is not an http or https URI'],
    ["http://127.0.0.1:1/", { body: 1 }, "a GET request cannot have a body"],
    ["http://127.0.0.1:1/", { headers: { "a b": "c" } }, 'the header "a b" has a name or value'],
    ["http://127.0.0.1:1/", { headers: { a: "b\r\nc: d" } }, 'the header "a" has a name or value'],
    ["http://127.0.0.1:1/", { output: "body" }, "output"],
  ])("that makes no sense is refused: %s %p", async (uri, input, detail) => {
    const { error, isRetryable } = await failureOf(
      callHttp({ method: "GET", uri, ...input }, {} as ActivityContext),
    );

    expect(error).toMatchObject({ status: 400 });
    expect(error.type).toEndWith("/errors/configuration");
    expect(error.detail).toContain(detail);
    expect(isRetryable).toBe(false);
  });
});

describe("an answer of no", () => {
  test("is a communication error with its own status and what was said", async () => {
    const { error, isRetryable } = await failureOf(call("/missing?token=secret"));

    expect(error).toEqual({
      type: "https://serverlessworkflow.io/spec/1.0.0/errors/communication",
      status: 404,
      title: "Not Found",
      detail: `GET ${server.url.origin}/missing answered 404: nothing here`,
    });
    expect(isRetryable).toBe(false);
  });

  test("may pass, and then says when", async () => {
    expect(await failureOf(call("/busy"))).toMatchObject({
      isRetryable: true,
      retryAfterMs: 7_000,
    });
  });

  test("is that nobody listens", async () => {
    const { error, isRetryable } = await failureOf(call("http://127.0.0.1:1/"));

    expect(error).toMatchObject({ status: 500 });
    expect(error.type).toEndWith("/errors/communication");
    expect(isRetryable).toBe(true);
  });

  test("is that the answer was cut", async () => {
    const listener = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: {
        data: (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
      },
    });

    const { error } = await failureOf(call(`http://127.0.0.1:${listener.port}/`));
    listener.stop(true);

    expect(error).toMatchObject({ status: 500 });
    expect(error.detail).toContain("was cut");
  });
});

describe("redirects", () => {
  test("are errors unless they are asked for", async () => {
    const { error } = await failureOf(call("/moved"));

    expect(error.status).toBe(301);
    expect(seen).toHaveLength(1);
  });

  test.each([
    ["/moved", "post", "GET", ""],
    ["/see-other", "put", "GET", ""],
    ["/temporary", "post", "POST", '{"a":1}'],
  ])("from %s turn %s into %s", async (path, method, second, body) => {
    const content = await call(path, { method, body: { a: 1 }, redirect: true });

    expect(content).toEqual({ a: [1, null, "ü"] });
    expect(seen[1]).toMatchObject({ method: second, body });
  });

  test("keep credentials on the same origin and lose them on another", async () => {
    const authentication = { scheme: "bearer", token: "secret" };
    const headers = { cookie: "a=b", "x-own": "1" };

    await call("/moved", { redirect: true, authentication, headers });
    const near = seen[1]?.headers;
    await call("/away", { redirect: true, authentication, headers });
    const far = seen[1]?.headers;

    expect([near?.get("authorization"), near?.get("cookie")]).toEqual(["Bearer secret", "a=b"]);
    expect([far?.get("authorization"), far?.get("cookie"), far?.get("x-own")]).toEqual([
      null,
      null,
      "1",
    ]);
  });

  test("without an end, or to what is not HTTP, are errors", async () => {
    const endless = await failureOf(call("/loop", { redirect: true }));
    const toFile = await failureOf(call("/to-file", { redirect: true }));

    expect(endless.error.detail).toContain("more than 10 times");
    expect(toFile.error.detail).toContain('"file:///etc/passwd"');
  });

  test("that lead nowhere are an answer when redirects are asked for", async () => {
    expect(await call("/unchanged", { redirect: true, output: "response" })).toMatchObject({
      statusCode: 304,
    });
  });
});

test("a request ends when it is given up", async () => {
  const controller = new AbortController();
  const asked = call("/silent", {}, controller.signal);

  controller.abort();

  expect(await failureOf(asked)).toBeInstanceOf(ActivityFailure);
});
