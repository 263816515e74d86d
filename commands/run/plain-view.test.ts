import { expect, test } from "bun:test";

import type { Terminal } from "../../src/terminal/terminal.ts";
import { createPlainView } from "./plain-view.ts";

test("a server that takes long to start is a line each time it is told", () => {
  const lines: string[] = [];
  const talk = { info: (line: string) => lines.push(line) };
  const view = createPlainView({ talk: talk as unknown as Terminal["talk"] });
  const starting = (elapsedMs: number) =>
    view.show({
      specversion: "1.0",
      id: "1",
      source: "/",
      type: "ai.stigmer.agent.mcp-starting.v1",
      time: "2026-11-22T12:00:00Z",
      datacontenttype: "application/json",
      runid: "run_1",
      data: { server: "docs", elapsedMs, limitMs: 120_000 },
    });

  starting(1_000);
  starting(11_000);

  expect(lines).toEqual([
    "starting MCP server docs (1.0 s of at most 2 m 00 s)",
    "starting MCP server docs (11.0 s of at most 2 m 00 s)",
  ]);
});
