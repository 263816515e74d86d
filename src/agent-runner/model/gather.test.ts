import { expect, test } from "bun:test";

import type { ModelProgress } from "../../schema/wire/agent-step.ts";
import { gatherPieces } from "./gather.ts";

test("pieces that come together are sent as one, in order and by kind", () => {
  const sent: ModelProgress[] = [];
  const gatherer = gatherPieces((piece) => sent.push(piece));

  gatherer.add({ type: "reasoning", text: "h" });
  gatherer.add({ type: "reasoning", text: "m" });
  gatherer.add({ type: "text", text: "Yes" });
  gatherer.add({ type: "text", text: "." });
  gatherer.flush();
  gatherer.flush();

  expect(sent).toEqual([
    { type: "reasoning", text: "hm" },
    { type: "text", text: "Yes." },
  ]);
});

test("a piece does not wait for the next one", async () => {
  const { promise, resolve } = Promise.withResolvers<ModelProgress>();

  gatherPieces(resolve).add({ type: "text", text: "Yes" });

  expect(await promise).toEqual({ type: "text", text: "Yes" });
});
