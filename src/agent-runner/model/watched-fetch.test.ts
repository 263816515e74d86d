import { afterAll, expect, test } from "bun:test";

import { ModelConnectionError, watchFetch } from "./watched-fetch.ts";

const server = Bun.serve({
  port: 0,
  idleTimeout: 0,
  routes: {
    "/whole": () => new Response("whole"),
    "/never": () => new Promise<Response>(() => {}),
    "/headers": () => new Response(new ReadableStream({})),
    "/half": () => new Response(new ReadableStream({ start: (sink) => sink.enqueue("half") })),
    "/two": () =>
      new Response(
        new ReadableStream({
          start(sink) {
            sink.enqueue("one ");
            sink.enqueue("two");
            sink.close();
          },
        }),
      ),
  },
});
afterAll(() => server.stop(true));

const limits = { modelFirstByteMs: 150, modelStallMs: 150 };

async function read(path: string, signal?: AbortSignal): Promise<string> {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const response = await watchFetch(limits)(url, signal ? { signal } : {});
  return response.text();
}

async function ask(port: number): Promise<string> {
  return (await watchFetch(limits)(`http://127.0.0.1:${port}/`)).text();
}

async function failureOf(reading: Promise<unknown>): Promise<unknown> {
  return reading.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
}

test("an answer comes through whole", async () => {
  expect(await read("/whole")).toBe("whole");
  expect(await read("/two")).toBe("one two");
});

test.each(["/never", "/headers"])("%s: an answer that does not begin is given up", async (path) => {
  const failure = await failureOf(read(path));

  expect(failure).toBeInstanceOf(ModelConnectionError);
  expect(failure).toMatchObject({
    kind: "slow",
    message: "no answer began within 150 ms (STIGMER_LLM_FIRST_BYTE_TIMEOUT)",
  });
});

test("an answer that stops in the middle is given up", async () => {
  expect(await failureOf(read("/half"))).toMatchObject({
    kind: "slow",
    message: "the answer stalled for 150 ms (STIGMER_LLM_STALL_TIMEOUT)",
  });
});

test("a reader may take its time", async () => {
  const response = await watchFetch(limits)(`http://127.0.0.1:${server.port}/two`);
  const reader = response.body?.getReader();
  let text = "";
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
    text += new TextDecoder().decode(piece.value);
    await Bun.sleep(2 * limits.modelStallMs);
  }

  expect(text).toBe("one two");
});

test("a server that is not there is told from one that breaks off", async () => {
  const gone = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const breaking = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        socket.flush();
        setTimeout(() => socket.terminate(), 20);
      },
    },
  });
  gone.stop(true);

  expect(await failureOf(ask(gone.port))).toMatchObject({ kind: "unreachable" });
  expect(await failureOf(ask(breaking.port))).toMatchObject({ kind: "cut" });
  breaking.stop(true);
});

test("abort is no failure of the connection", async () => {
  const aborting = new AbortController();
  const reading = failureOf(read("/never", aborting.signal));

  aborting.abort();

  expect(await reading).toMatchObject({ name: "AbortError" });
});
