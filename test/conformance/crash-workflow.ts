import { agentProgram } from "../../src/agent/program.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { workflowProgram } from "../../src/workflow/program.ts";
import type { CrashCase } from "./crash-script.ts";

const get = (name: string): JsonValue => ({
  call: "http",
  with: { method: "get", endpoint: `http://localhost/${name}` },
});
const retry: JsonValue = {
  delay: { milliseconds: 2 },
  backoff: { constant: {} },
  limit: { attempt: { count: 5 } },
};

/** The same for the workflow language and the agent loop, with each kind of task that waits for something. */
const WORKFLOW: JsonValue = {
  document: { dsl: "1.0.0", namespace: "test", name: "crash", version: "1.0.0" },
  do: [
    { begin: { set: { items: [1, 2] } } },
    {
      each: {
        for: { each: "item", in: "${ $workflow.input.items }" },
        do: [{ look: get("item") }, { rest: { wait: { milliseconds: 2 } } }],
      },
    },
    { both: { fork: { branches: [{ left: get("left") }, { right: get("right") }] } } },
    {
      first: {
        fork: {
          compete: true,
          branches: [{ quick: get("quick") }, { slow: { wait: { hours: 1 } } }],
        },
      },
    },
    { risky: { try: [{ flaky: get("flaky") }], catch: { errors: {}, retry } } },
    {
      late: {
        try: [{ long: { wait: { hours: 1 }, timeout: { after: { milliseconds: 3 } } } }],
        catch: { errors: { with: { status: 408 } }, do: [{ noted: { set: { late: true } } }] },
      },
    },
    { write: { call: "agent", with: { agent: "writer", message: "hello" } } },
  ],
};

export const crashWorkflow: CrashCase = {
  request: {
    runId: "run_workflow",
    program: "workflow",
    subject: { kind: "Workflow", name: "test/crash" },
    definition: WORKFLOW,
    input: { items: [1, 2] },
  },
  programs: { workflow: workflowProgram, agent: agentProgram },
};
