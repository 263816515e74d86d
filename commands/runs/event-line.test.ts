import { expect, test } from "bun:test";

import type { RunEvent } from "../../src/schema/api/run-event.ts";
import { createStyle } from "../../src/terminal/style.ts";
import { eventLine } from "./event-line.ts";

const style = createStyle(false);
const error = {
  type: "https://open-workflow-specification.org/dsl/errors/types/communication",
  status: 503,
  instance: "/do/0/get",
  title: "Service Unavailable",
  detail: "the other side is away",
};

function event(data: RunEvent["data"]): RunEvent {
  return {
    specversion: "1.0",
    id: "run_1/7",
    source: "/runs/run_1",
    type: "io.serverlessworkflow.task.faulted.v1",
    time: "2026-11-22T12:03:07.120Z",
    datacontenttype: "application/json",
    sequence: 7,
    runid: "run_1",
    data,
  };
}

test("on a narrow terminal what failed is shown before what only a program wants to know", () => {
  const line = eventLine(event({ task: "/do/0/get", faultedAt: "2026-11-22", error }), {
    columns: 120,
    style,
  });

  expect(Bun.stringWidth(line)).toBe(120);
  expect(line).toContain("task.faulted        Service Unavailable: the other side is away {");
});

test("off a terminal nothing is cut, and data of another shape stays as it is", () => {
  const whole = { columns: undefined, style };

  expect(eventLine(event({ task: "/do/0/get", error }), whole)).toEndWith(
    '"status":503,"instance":"/do/0/get"},"task":"/do/0/get"}',
  );
  expect(eventLine(event({ b: 1, a: "x" }), whole)).toEndWith('  {"b":1,"a":"x"}');
});
