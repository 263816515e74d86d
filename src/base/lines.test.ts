import { expect, test } from "bun:test";

import { type LineOptions, readLines } from "./lines.ts";

function linesOf(chunks: (string | Uint8Array)[], options?: LineOptions): Promise<string[]> {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      }
      controller.close();
    },
  });
  return Array.fromAsync(readLines(stream, options));
}

test("lines come whole, however their bytes came", async () => {
  const letter = Buffer.from("ä\n");

  const lines = await linesOf(["a\n\nb", "c\nd", letter.subarray(0, 1), letter.subarray(1)]);

  expect(lines).toEqual(["a", "", "bc", "dä"]);
});

test("what has no end is left out, unless it is wanted", async () => {
  expect(await linesOf(["a\nb"])).toEqual(["a"]);
  expect(await linesOf(["a\nb"], { keepRest: true })).toEqual(["a", "b"]);
  expect(await linesOf(["a\n"], { keepRest: true })).toEqual(["a"]);
});

test("a line that is too long is refused or cut, also when it never ends", async () => {
  const limits = { charactersMax: 3 } as const;
  const cut = { ...limits, whenLonger: "cut", keepRest: true } as const;

  expect(linesOf(["ab", "cd"], limits)).rejects.toThrow("a line is too long");
  expect(linesOf(["abcd\n"], limits)).rejects.toThrow("a line is too long");
  expect(await linesOf(["abcd\ne\nfg", "hi"], cut)).toEqual(["abc", "e", "fgh"]);
});
