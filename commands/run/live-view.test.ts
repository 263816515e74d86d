import { expect, test } from "bun:test";

import type { JsonValue } from "../../src/base/json.ts";
import type { RunEvent } from "../../src/schema/api/run-event.ts";
import { createStyle } from "../../src/terminal/style.ts";
import type { Screen } from "../../src/terminal/terminal.ts";
import { createLiveView } from "./live-view.ts";

const START_MS = Date.parse("2026-11-22T12:00:00Z");

/** A terminal of that size that understands what the live area writes. */
function createFakeScreen(columns: number, rows: number): Screen & { lines(): string[] } {
  let lines: string[] = [""];
  const up = (count: number): void => {
    lines = lines.slice(0, lines.length - 1 - count);
    lines.push("");
  };
  return {
    isInteractive: true,
    columns,
    rows,
    style: createStyle(false),
    write: (text) => {
      const [, count] = /\[(\d+)A/.exec(text) ?? [];
      if (count !== undefined) up(Number(count));
      const [first = "", ...more] = Bun.stripANSI(text).replaceAll("\r", "").split("\n");
      lines.push((lines.pop() ?? "") + first, ...more);
    },
    lines: () => lines.slice(0, -1),
  };
}

function event(type: string, afterMs: number, data: JsonValue, runid = "run_1"): RunEvent {
  return {
    specversion: "1.0",
    id: `${runid}/${type}`,
    source: "/",
    type,
    time: new Date(START_MS + afterMs).toISOString(),
    datacontenttype: "application/json",
    runid,
    data,
  };
}

function task(phase: string, position: string, afterMs: number, more = {}): RunEvent {
  const type = `io.serverlessworkflow.task.${phase}.v1`;
  return event(type, afterMs, { task: position, name: "x", kind: "set", ...more });
}

const runStarted = event("ai.stigmer.run.started.v1", 0, { kind: "Workflow", name: "default/w" });

test("what ended stays, what is under way stands below it with its time", () => {
  const screen = createFakeScreen(80, 24);
  const view = createLiveView(screen, () => START_MS + 2_000);

  view.show(runStarted);
  view.show(task("started", "/do/0/fetch", 100));
  view.show(task("completed", "/do/0/fetch", 350));
  view.show(task("started", "/do/1/both", 400));
  view.show(task("started", "/do/1/both/fork/branches/0/left", 500));

  expect(screen.lines()).toEqual([
    "✓ fetch  250 ms",
    "⠋ default/w  2.0 s",
    "⠋ both  1.6 s",
    "  ⠋ left  1.5 s",
  ]);
  view.end();
});

test("at the end only what stays is left", () => {
  const screen = createFakeScreen(80, 24);
  const view = createLiveView(screen, () => START_MS);
  const error = { type: "https://example.com/e", status: 500, detail: "no\nconnection" };

  view.show(runStarted);
  view.show(task("started", "/do/0/fetch", 0));
  view.show(task("faulted", "/do/0/fetch", 70, { error }));
  view.show(event("ai.stigmer.run.failed.v1", 80, { error }));
  view.end();

  expect(screen.lines()).toEqual(["✗ fetch  70 ms: no connection", "✗ default/w  80 ms"]);
});

test("an agent's text is shown as it comes, its end only, and makes room for the message", () => {
  const screen = createFakeScreen(30, 24);
  const view = createLiveView(screen, () => START_MS);
  const delta = (text: string) => event("ai.stigmer.agent.text-delta.v1", 0, { text });

  for (let line = 1; line <= 10; line += 1) view.show(delta(`line ${line}\n`));
  view.show(delta("and \u001B[2Jthe rest"));
  const during = screen.lines();
  view.show(event("ai.stigmer.agent.message.v1", 0, { text: "all of it" }));
  view.end();

  expect(during).toEqual([
    "  │ line 6",
    "  │ line 7",
    "  │ line 8",
    "  │ line 9",
    "  │ line 10",
    "  │ and the rest",
  ]);
  expect(screen.lines()).toEqual([]);
});

test("a server that takes long to start is named until the run goes on", () => {
  const screen = createFakeScreen(80, 24);
  const view = createLiveView(screen, () => START_MS);
  const starting = (elapsedMs: number) =>
    event("ai.stigmer.agent.mcp-starting.v1", 0, { server: "docs", elapsedMs, limitMs: 120_000 });

  view.show(starting(1_000));
  view.show(starting(11_000));
  const during = screen.lines();
  view.show(event("ai.stigmer.agent.step-started.v1", 0, { step: 1 }));
  view.show(event("ai.stigmer.agent.text-delta.v1", 0, { text: "Hi" }));

  expect(during).toEqual(["  … starting MCP server docs (11.0 s of at most 2 m 00 s)"]);
  expect(screen.lines()).toEqual(["  │ Hi"]);
  view.end();
});

test("a tool call is a line with what it was called with", () => {
  const screen = createFakeScreen(80, 24);
  const view = createLiveView(screen, () => START_MS);
  const call = { id: "1", name: "read_file", arguments: { path: "a.txt" } };

  view.show(event("ai.stigmer.agent.tool-call.v1", 0, call));
  const result = { id: "1", name: "read_file", isError: true, text: "no such file" };
  view.show(event("ai.stigmer.agent.tool-result.v1", 20, result));
  view.end();

  expect(screen.lines()).toEqual(['  ✗ read_file {"path":"a.txt"}  20 ms: no such file']);
});

test("no line is wider than the terminal and the area is never higher", () => {
  const screen = createFakeScreen(20, 6);
  const view = createLiveView(screen, () => START_MS);

  for (let index = 0; index < 30; index += 1) {
    view.show(task("started", `/do/${index}/${"long".repeat(20)}`, 0));
  }

  expect(screen.lines().length).toBeLessThanOrEqual(4);
  expect(Math.max(...screen.lines().map((line) => Bun.stringWidth(line)))).toBeLessThan(20);
  view.end();
});

test("an event of a later version is passed over", () => {
  const screen = createFakeScreen(80, 24);
  const view = createLiveView(screen, () => START_MS);

  view.show(event("ai.stigmer.agent.dreamt.v1", 0, { of: "sheep" }));
  view.show(event("io.serverlessworkflow.task.started.v1", 0, { nothing: "known" }));
  view.show(event("com.example.other", 0, null));
  view.end();

  expect(screen.lines()).toEqual([]);
});
