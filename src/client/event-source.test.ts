import { expect, test } from "bun:test";

import { readEventData } from "./event-source.ts";

function read(...chunks: string[]): Promise<string[]> {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
      controller.close();
    },
  });
  return Array.fromAsync(readEventData(stream));
}

test.each([
  ["an event", ["id: 1\ndata: a\n\n"], ["a"]],
  ["data without a space", ["data:a\n\n"], ["a"]],
  ["several lines of data", ["data: a\ndata: b\n\n"], ["a\nb"]],
  ["comments and fields that we don't need", [": x\nevent: y\nretry: 1\n\ndata: a\n\n"], ["a"]],
  ["Windows line ends", ["data: a\r\n\r\n"], ["a"]],
  ["an event in pieces", ["da", "ta: a", "\n", "\ndata: b\n\n"], ["a", "b"]],
  ["an event that was cut off", ["data: a\n\ndata: b\n"], ["a"]],
  ["two spaces, of which one is data", ["data:  a\n\n"], [" a"]],
])("%s is read", async (_name, chunks, expected) => {
  expect(await read(...chunks)).toEqual(expected);
});
