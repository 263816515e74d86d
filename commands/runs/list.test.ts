import { expect, test } from "bun:test";

import type { Run } from "../../src/schema/api/run.ts";
import { createStyle } from "../../src/terminal/style.ts";
import { formatRuns } from "./list.ts";

const PARENT = "run_01a20499d6c07684853543d1c183e42d";
const CHILD = "run_597785e7e9378b8f850c0d8354b26097";
const nowMs = Date.parse("2026-11-22T12:12:00Z");

function run(id: string, parentRunId?: string): Run {
  return {
    id,
    kind: "Workflow",
    name: "default/a-workflow-with-a-long-name",
    status: "completed",
    input: {},
    labels: {},
    createdAt: "2026-11-22T12:00:00Z",
    startedAt: "2026-11-22T12:00:00Z",
    endedAt: "2026-11-22T12:01:05Z",
    lastSequence: 3,
    ...(parentRunId === undefined ? {} : { parentRunId }),
  };
}

test("a list of runs with parents fits 80 columns, and its ids are whole", () => {
  const page = { columns: 80, style: createStyle(false) };

  const lines = formatRuns([run(CHILD, PARENT), run(PARENT)], nowMs, page).split("\n");

  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["ID", CHILD, PARENT]);
  expect(lines[0]).not.toContain("PARENT");
});

test.each([200, undefined])("with %p columns the parent is there", (columns) => {
  const page = { columns, style: createStyle(false) };

  const lines = formatRuns([run(CHILD, PARENT), run(PARENT)], nowMs, page).split("\n");

  expect(lines[0]).toEndWith("PARENT");
  expect(lines[1]).toEndWith(PARENT);
});
