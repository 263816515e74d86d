import { expect, test } from "bun:test";

import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";
import type { Decision } from "../../src/durable/program.ts";
import { workflowProgram } from "../../src/workflow/program.ts";
import { playWorkflow, STARTED_AT_MS } from "./run-workflow.ts";

const document = { dsl: "1.0.3", namespace: "test", name: "long", version: "0.1.0" };

test("a loop without end lets others run: it asks for a timer that is due at once", () => {
  const definition = read("do: [{ spin: { set: { a: 1 }, then: spin } }]");
  const execution = workflowProgram.open({
    runId: "run_1",
    startedAtMs: STARTED_AT_MS,
    subject: { kind: "Workflow", name: "test/long" },
    definition,
    input: null,
  });

  const first = execution.begin();
  const second = execution.take({
    id: idOf(first),
    timeMs: STARTED_AT_MS + 5,
    ok: true,
    value: null,
  });

  expect(first.end).toBeUndefined();
  expect(first.commands).toHaveLength(1);
  expect(first.commands[0]).toMatchObject({ kind: "timer", dueMs: STARTED_AT_MS });
  expect(second.commands[0]).toMatchObject({ kind: "timer", dueMs: STARTED_AT_MS + 5 });
  expect(idOf(second)).not.toBe(idOf(first));
});

test("a long loop over data ends, with pauses between its parts", () => {
  const definition: JsonValue = {
    document,
    do: [
      {
        sum: {
          for: { in: "[range(5000)]" },
          do: [{ add: { set: "${ (.//0) + $item }" } }],
        },
      },
    ],
  };

  const { end, commands } = playWorkflow(definition);

  expect(end).toEqual({ status: "completed", output: 12_497_500 });
  expect(commands.length).toBeGreaterThan(4);
  expect(commands.every(({ kind }) => kind === "timer")).toBe(true);
});

test("the decisions of a run of 5,000 steps are as small at its end as at its start", () => {
  const definition = read(`
do:
  - count: { set: "\${ (.//0) + 1 }" }
  - nap: { wait: PT1S }
  - again: { switch: [{ more: { when: . < 5000, then: count } }] }
`);

  const { end, decisions, elapsedMs } = playWorkflow(definition);

  expect(end).toEqual({ status: "completed", output: 5_000 });
  expect(elapsedMs).toBe(5_000_000);
  const sizes = decisions.slice(1, -1).map((decision) => JSON.stringify(decision).length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(100);
});

test("a thousand branches run side by side", () => {
  const branches = Array.from({ length: 1_000 }, (_, index): JsonValue => ({
    [`b${index}`]: { do: [{ nap: { wait: "PT1S" } }, { say: { set: { index } } }] },
  }));

  const { end, elapsedMs } = playWorkflow({ document, do: [{ wide: { fork: { branches } } }] });

  expect(elapsedMs).toBe(1_000);
  expect(end).toEqual({
    status: "completed",
    output: Array.from({ length: 1_000 }, (_, index) => ({ index })),
  });
});

test("blocks inside blocks inside blocks are no trouble", () => {
  let body: JsonValue = { set: { deep: true } };
  for (let depth = 0; depth < 60; depth += 1) body = { do: [{ [`d${depth}`]: body }] };

  expect(playWorkflow({ document, do: [{ top: body }] }).end).toEqual({
    status: "completed",
    output: { deep: true },
  });
});

test("a definition that is no workflow ends the run as failed", () => {
  const { end } = playWorkflow({ document, do: [{ a: { sett: {} } }] });

  expect(end).toMatchObject({ status: "failed", error: { status: 400 } });
  if (end?.status === "failed") expect(end.error.type).toEndWith("/configuration");
});

test("a big output is left out of the events", () => {
  const { decisions } = playWorkflow({
    document,
    do: [{ big: { set: "${ [range(10000)] }" } }, { small: { set: { a: 1 } } }],
  });

  const completed = decisions
    .flatMap(({ notes }) => notes)
    .filter(({ type }) => type === "io.serverlessworkflow.task.completed.v1");
  expect(completed.map(({ data }) => data)).toEqual([
    { task: "/do/0/big", name: "big", kind: "set", isOutputOmitted: true },
    { task: "/do/1/small", name: "small", kind: "set", output: { a: 1 } },
  ]);
});

test("tells of a course as lifecycle events", () => {
  const { decisions } = playWorkflow({
    document,
    do: [
      {
        risky: {
          try: [
            {
              race: {
                timeout: { after: "PT1S" },
                do: [{ nap: { wait: "PT1M" } }],
              },
            },
          ],
          catch: { retry: { delay: "PT1S", limit: { attempt: { count: 1 } } }, do: [] },
        },
      },
    ],
  });

  const told = decisions
    .flatMap(({ notes }) => notes)
    .map(({ type, subject = "" }) => `${type.split(".").slice(2, 4).join(" ")} ${subject}`.trim());
  expect(told).toEqual([
    "workflow started",
    "task started /do/0/risky",
    "task started /do/0/risky/try/0/race",
    "task started /do/0/risky/try/0/race/do/0/nap",
    "task cancelled /do/0/risky/try/0/race/do/0/nap",
    "task faulted /do/0/risky/try/0/race",
    "task retried /do/0/risky",
    "task started /do/0/risky/retry/1/try/0/race",
    "task started /do/0/risky/retry/1/try/0/race/do/0/nap",
    "task cancelled /do/0/risky/retry/1/try/0/race/do/0/nap",
    "task faulted /do/0/risky/retry/1/try/0/race",
    "task completed /do/0/risky",
    "workflow completed",
  ]);
});

function read(text: string): JsonValue {
  const [source] = parseYamlDocuments(text);
  return isJsonObject(source?.value) ? { document, ...source.value } : null;
}

function idOf({ commands }: Decision): string {
  return commands[0]?.id ?? "";
}
