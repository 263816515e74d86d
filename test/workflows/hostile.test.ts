import { expect, test } from "bun:test";

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { type Played, playWorkflow, replay } from "./run-workflow.ts";

const COSTLY = "${ [range(300000) | tostring] | length }";

test("a loop over costly expressions asks for a timer again and again", () => {
  const definition = workflow({
    loop: { for: { in: "[range(12)]" }, do: [{ costly: { set: { x: COSTLY } } }] },
  });

  const played = playWorkflow(definition);

  expect(played.end).toEqual({ status: "completed", output: { x: 300_000 } });
  expect(pauses(played)).toBeGreaterThanOrEqual(5);
  const again = replay(definition, null, played.outcomes);
  expect(JSON.stringify(again)).toBe(JSON.stringify(played.decisions));
});

test("costly conditions of a switch, of a loop and of a catch pause too", () => {
  const isNever = `([range(300000) | tostring] | length) < 0`;
  const cases = Array.from({ length: 8 }, (_, index) => ({
    // oxlint-disable-next-line no-thenable -- a case of a switch has this field
    [`c${index}`]: { when: isNever, then: "exit" },
  }));
  const isAlways = `([range(300000) | tostring] | length) > 0`;
  const retry = { when: isAlways, limit: { attempt: { count: 6 } } };
  const failing = { raise: { error: { type: "https://x.test/e", status: 500 } } };

  const choosing = playWorkflow(workflow({ choose: { switch: cases } }));
  const looping = playWorkflow(
    workflow({
      loop: { for: { in: "[range(8)]" }, while: isAlways, do: [{ a: { set: { b: 1 } } }] },
    }),
  );
  const retrying = playWorkflow(
    workflow({ again: { try: [{ failing }], catch: { retry, do: [] } } }),
  );

  for (const played of [choosing, looping, retrying]) {
    expect(played.end).toMatchObject({ status: "completed" });
    expect(pauses(played)).toBeGreaterThanOrEqual(3);
  }
});

test("expressions that can't pause share one limit", () => {
  const fields = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`f${index}`, COSTLY]),
  );

  const { end } = playWorkflow(workflow({ wide: { set: fields } }));

  expect(detailOf(end)).toContain("used up its fuel");
});

test("costly regular expressions inside try end, with pauses", () => {
  const text = `${"a".repeat(40)}!`;
  const tasks = Array.from({ length: 3 }, (_, index) => ({
    [`t${index}`]: {
      try: [{ match: { set: { x: `\${ "${text}" | test("^(a+)+$") }` } } }],
      catch: { do: [] },
    },
  }));

  const played = playWorkflow({ ...workflow({}), do: tasks });

  expect(played.end?.status).toBe("completed");
  expect(pauses(played)).toBeGreaterThanOrEqual(2);
});

test.each([
  ["deep", "reduce range(2000) as $i (1; [.])", "deeper than 500 levels"],
  ["very deep", "reduce range(100000) as $i (1; [.])", "deep"],
  ["long", `"x" * 20000000`, "larger than 16 MiB"],
  ["wide", "[range(1000000) | 1234567 | tostring]", undefined],
  ["shared without end", "reduce range(40) as $i (1; [., .])", "fuel"],
  ["shared", `reduce range(4) as $i ("x" * 2000000; [., .])`, "larger than 16 MiB"],
])("a value that is %s is an error of its task", (_, text, reason) => {
  const { end } = playWorkflow(workflow({ big: { set: `\${ ${text} }` } }));

  if (reason === undefined) expect(end?.status).toBe("completed");
  else expect(detailOf(end)).toContain(reason);
});

test.each<[string, JsonObject]>([
  ["a template", { set: { a: "${ . }", b: "${ . }" } }],
  ["a text", { set: "x${ . }${ . }" }],
  ["a fork", { fork: { branches: [{ a: { set: "${ . }" } }, { b: { set: "${ . }" } }] } }],
])("a value that %s doubles each time is stopped", (_, twice) => {
  const { end } = playWorkflow(workflow({ loop: { for: { in: "[range(40)]" }, do: [{ twice }] } }));

  expect(detailOf(end)).toMatch(/larger than 16 MiB|fuel/);
});

test("a value that grows deeper each time is stopped", () => {
  const { end } = playWorkflow(
    workflow({ loop: { for: { in: "[range(600)]" }, do: [{ in: { set: { a: "${ . }" } } }] } }),
  );

  expect(detailOf(end)).toContain("deeper than 500 levels");
});

function workflow(tasks: JsonObject): JsonObject {
  const list: JsonValue[] = Object.entries(tasks).map(([name, task]) => ({ [name]: task }));
  return {
    document: { dsl: "1.0.3", namespace: "test", name: "hostile", version: "0.1.0" },
    do: list,
  };
}

function pauses({ commands }: Played): number {
  return commands.filter(({ kind, id }) => kind === "timer" && id.endsWith("/pause")).length;
}

function detailOf(end: Played["end"]): string {
  if (end?.status !== "failed") return `${end?.status}`;
  expect(end.error.type).toEndWith("/expression");
  return end.error.detail ?? "";
}
