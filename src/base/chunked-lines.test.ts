import { expect, test } from "bun:test";

import { readChunkedLines } from "./chunked-lines.ts";

const LONG_MS = 60_000;

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      }
      controller.close();
    },
  });
}

test("lines that arrived together come together", async () => {
  const chunks = await Array.fromAsync(readChunkedLines(streamOf("a\nb\n", "c\n"), LONG_MS));

  expect(chunks).toEqual([["a", "b"], ["c"]]);
});

test("a line may come in pieces, even in pieces of a letter", async () => {
  const [first, second] = [Buffer.from("ä\n").subarray(0, 1), Buffer.from("ä\n").subarray(1)];

  const chunks = await Array.fromAsync(
    readChunkedLines(streamOf("on", "e", "\ntw", "o\n", first, second), LONG_MS),
  );

  expect(chunks).toEqual([["one"], ["two"], ["ä"]]);
});

test("what has no line end is no line yet", async () => {
  expect(await Array.fromAsync(readChunkedLines(streamOf("a\nb"), LONG_MS))).toEqual([["a"]]);
});

test("a stream that falls silent is given up, and closed", async () => {
  let isClosed = false;
  const silent = new ReadableStream<Uint8Array>({
    cancel: () => {
      isClosed = true;
    },
  });

  const failure = await Array.fromAsync(readChunkedLines(silent, 5)).catch(String);

  expect(failure).toContain("nothing came for 0.005 s");
  expect(isClosed).toBe(true);
});
