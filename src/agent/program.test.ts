import { expect, test } from "bun:test";

import type { JsonValue } from "../base/json.ts";
import type { Decision, Execution, Outcome } from "../durable/program.ts";
import { ModelInput, type ToolCall } from "../schema/wire/agent-step.ts";
import { agentProgram } from "./program.ts";

const ADD = {
  name: "math__add",
  description: "adds",
  inputSchema: { type: "object" },
  source: { type: "mcp", server: "math", tool: "add" },
};
const SPEC = {
  instructions: "Be brief.",
  mcpServers: [{ name: "math", command: "math-server" }],
};

function openRun(definition: JsonValue, input: JsonValue = { message: "hello" }): Execution {
  const subject = { kind: "Agent", name: "helper" } as const;
  return agentProgram.open({ runId: "run_1", startedAtMs: 0, subject, definition, input });
}

function succeeded(id: string, value: JsonValue): Outcome {
  return { id, timeMs: 0, ok: true, value };
}

function failed(id: string, detail: string): Outcome {
  return { id, timeMs: 0, ok: false, error: { type: "urn:x", status: 503, detail } };
}

function answer(text: string, toolCalls: ToolCall[] = [], tokens = 1): JsonValue {
  return {
    message: { role: "assistant", text, toolCalls: toolCalls.map((asked) => ({ ...asked })) },
    finishReason: toolCalls.length > 0 ? "tool-calls" : "stop",
    usage: { inputTokens: tokens, outputTokens: tokens },
    model: "fake/one",
  };
}

function call(id: string, name = "math__add", given: JsonValue = { a: 1 }): ToolCall {
  return { id, name, arguments: given };
}

function idsOf(decision: Decision): string[] {
  return decision.commands.map(({ id }) => id);
}

function typesOf(decision: Decision): string[] {
  return decision.notes.map(({ type }) => type.replace(/^ai\.stigmer\.agent\.|\.v1$/g, ""));
}

function errorOf(decision: Decision): string {
  return decision.end?.status === "failed" ? (decision.end.error.detail ?? "") : "did not fail";
}

function inputOf(decision: Decision): ModelInput {
  const [command] = decision.commands;
  if (command?.kind !== "activity") throw new Error("expected an activity");
  return ModelInput.parse(command.input);
}

test("an agent without tools asks the model once and ends with its answer", () => {
  const run = openRun({ instructions: "Be brief." });

  const first = run.begin();
  const last = run.take(succeeded("/step/1/model", answer("Hi.")));

  expect(idsOf(first)).toEqual(["/step/1/model"]);
  expect(typesOf(first)).toEqual(["started", "step-started"]);
  expect(inputOf(first)).toMatchObject({
    agent: "helper",
    messages: [{ role: "user", text: "hello" }],
  });
  expect(last.end).toEqual({
    status: "completed",
    output: {
      text: "Hi.",
      steps: 1,
      usage: { inputTokens: 1, outputTokens: 1 },
      model: "fake/one",
    },
  });
  expect(typesOf(last)).toEqual(["message", "completed"]);
});

test("a message that is not text reaches the model as JSON text", () => {
  const run = openRun({ instructions: "x" }, { message: { groups: [1] } });

  expect(inputOf(run.begin()).messages).toEqual([{ role: "user", text: '{"groups":[1]}' }]);
});

test("calls of one step run together and their results stand in the order of the calls", () => {
  const run = openRun(SPEC);
  expect(idsOf(run.begin())).toEqual(["/tools"]);
  expect(idsOf(run.take(succeeded("/tools", { tools: [ADD] })))).toEqual(["/step/1/model"]);

  const calls = run.take(succeeded("/step/1/model", answer("", [call("a"), call("b")])));
  const second = run.take(succeeded("/step/1/tool/1", { text: "two", isError: false }));
  const next = run.take(failed("/step/1/tool/0", "server went away"));

  expect(idsOf(calls)).toEqual(["/step/1/tool/0", "/step/1/tool/1"]);
  expect(typesOf(calls)).toEqual(["tool-call", "tool-call"]);
  expect(second.commands).toEqual([]);
  expect(idsOf(next)).toEqual(["/step/2/model"]);
  expect(inputOf(next).messages.slice(2)).toEqual([
    { role: "tool", callId: "a", name: "math__add", text: "server went away", isError: true },
    { role: "tool", callId: "b", name: "math__add", text: "two", isError: false },
  ]);
});

test("a tool is told of its own server only", () => {
  const run = openRun({
    ...SPEC,
    mcpServers: [{ name: "other", command: "o" }, ...SPEC.mcpServers],
  });
  run.begin();
  run.take(succeeded("/tools", { tools: [ADD] }));

  const { commands } = run.take(succeeded("/step/1/model", answer("", [call("a")])));

  expect(commands[0]).toMatchObject({
    name: "agent.tool",
    input: { mcpServers: [{ name: "math", command: "math-server" }] },
  });
  expect(commands[0]).not.toHaveProperty("retry");
});

test("an unknown tool is answered without an activity", () => {
  const run = openRun(SPEC);
  run.begin();
  run.take(succeeded("/tools", { tools: [ADD] }));

  const next = run.take(succeeded("/step/1/model", answer("", [call("a", "math__ad")])));

  expect(idsOf(next)).toEqual(["/step/2/model"]);
  expect(inputOf(next).messages.at(-1)).toMatchObject({
    isError: true,
    text: 'There is no tool "math__ad". The tools are: math__add.',
  });
});

test("calls beyond the limit of one step are refused, the others are made", () => {
  const run = openRun(SPEC);
  run.begin();
  run.take(succeeded("/tools", { tools: [ADD] }));
  const calls = Array.from({ length: 66 }, (_call, index) => call(`c${index}`));

  const asked = run.take(succeeded("/step/1/model", answer("", calls)));

  expect(asked.commands).toHaveLength(64);
  expect(typesOf(asked).filter((type) => type === "tool-result")).toHaveLength(2);
});

test("the result in an event is cut, the one for the model is whole", () => {
  const run = openRun(SPEC);
  run.begin();
  run.take(succeeded("/tools", { tools: [ADD] }));
  run.take(succeeded("/step/1/model", answer("", [call("a")])));

  const text = "x".repeat(5_000);
  const next = run.take(succeeded("/step/1/tool/0", { text, isError: false }));

  expect(next.notes[0]?.data).toMatchObject({ id: "a", isCut: true, text: "x".repeat(2_000) });
  expect(inputOf(next).messages.at(-1)).toMatchObject({ text });
});

test("the failure of a model ends the run with its error and its place", () => {
  const run = openRun({ instructions: "x" });
  run.begin();

  const last = run.take(failed("/step/1/model", "no key"));

  expect(last.end).toEqual({
    status: "failed",
    error: { type: "urn:x", status: 503, detail: "no key", instance: "/step/1/model" },
  });
  expect(typesOf(last)).toEqual(["failed"]);
});

test("the last step may not call tools", () => {
  const run = openRun({ ...SPEC, limits: { stepsMax: 1 } });
  run.begin();
  run.take(succeeded("/tools", { tools: [ADD] }));

  const last = run.take(succeeded("/step/1/model", answer("", [call("a")])));

  expect(last.commands).toEqual([]);
  expect(errorOf(last)).toContain("all of its 1 model steps (limits.stepsMax)");
  expect(errorOf(last)).toContain("raise spec.limits.stepsMax");
});

test("spent tokens end the run before the next step, but never take back an answer", () => {
  const limits = { tokensMax: 10 };
  const answered = openRun({ instructions: "x", limits });
  answered.begin();
  const asked = openRun({ ...SPEC, limits });
  asked.begin();
  asked.take(succeeded("/tools", { tools: [ADD] }));

  const whole = answered.take(succeeded("/step/1/model", answer("ok", [], 8)));
  const spent = asked.take(succeeded("/step/1/model", answer("", [call("a")], 8)));

  expect(whole.end?.status).toBe("completed");
  expect(errorOf(spent)).toContain("used 16 of its 10 tokens (limits.tokensMax)");
});

test.each([
  ["length", "raise spec.model.maxOutputTokens"],
  ["content-filter", "withheld its answer"],
])("an answer that ended by %s is not passed off as whole", (finishReason, detail) => {
  const run = openRun({ instructions: "x" });
  run.begin();

  const last = run.take(succeeded("/step/1/model", { ...Object(answer("half")), finishReason }));

  expect(errorOf(last)).toContain(detail);
  expect(typesOf(last)).toEqual(["message", "failed"]);
});

test("the same step four times in a row is said to the model once, a fifth ends the run", () => {
  const run = openRun(SPEC);
  run.begin();
  let decision = run.take(succeeded("/tools", { tools: [ADD] }));
  const lastTexts: string[] = [];
  for (let step = 1; step <= 5; step += 1) {
    run.take(succeeded(`/step/${step}/model`, answer("", [call(`c${step}`)])));
    decision = run.take(succeeded(`/step/${step}/tool/0`, { text: "same", isError: false }));
    const last = decision.end ? undefined : inputOf(decision).messages.at(-1);
    if (last?.role === "tool") lastTexts.push(last.text);
  }

  expect(lastTexts.map((text) => text.includes("4 times in a row"))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(errorOf(decision)).toContain('called "math__add" 5 times in a row');
});

test("a step that differs in its result is no loop", () => {
  const run = openRun(SPEC);
  run.begin();
  let decision = run.take(succeeded("/tools", { tools: [ADD] }));
  for (let step = 1; step <= 8; step += 1) {
    run.take(succeeded(`/step/${step}/model`, answer("", [call(`c${step}`)])));
    decision = run.take(
      succeeded(`/step/${step}/tool/0`, { text: `poll ${step}`, isError: false }),
    );
  }

  expect(idsOf(decision)).toEqual(["/step/9/model"]);
});

test.each<[JsonValue, JsonValue, string]>([
  [{ instructions: "" }, { message: "x" }, "/instructions"],
  [{ instructions: "x", toolz: [] }, { message: "x" }, "toolz"],
  [{ instructions: "x" }, {}, "/message: a JSON value is missing"],
  [{ instructions: "x" }, { message: "" }, "/message: the message is empty"],
  [{ instructions: "x" }, { message: "x", mesage: 1 }, "mesage"],
  [null, { message: "x" }, "the agent is not valid"],
])("%j with %j is refused by name", (definition, input, culprit) => {
  const decision = openRun(definition, input).begin();

  expect(decision.end?.status).toBe("failed");
  expect(errorOf(decision)).toContain(culprit);
  expect(typesOf(decision)).toEqual(["failed"]);
});

test("replaying the outcomes gives the same decisions", () => {
  const outcomes = [
    succeeded("/tools", { tools: [ADD] }),
    succeeded("/step/1/model", answer("thinking", [call("a"), call("b", "nope"), call("c")])),
    succeeded("/step/1/tool/2", { text: "3", isError: false }),
    failed("/step/1/tool/0", "down"),
    succeeded("/step/2/model", answer("", [call("d")])),
    succeeded("/step/2/tool/0", { text: "4", isError: false }),
    succeeded("/step/3/model", answer("done")),
  ];
  const play = () => {
    const run = openRun(SPEC);
    return [run.begin(), ...outcomes.map((outcome) => run.take(outcome))].map((decision) =>
      JSON.stringify(decision),
    );
  };

  expect(play()).toEqual(play());
  expect(play().at(-1)).toContain('"status":"completed"');
});

test("a decision does not change when the conversation goes on", () => {
  const run = openRun(SPEC);
  run.begin();
  const first = run.take(succeeded("/tools", { tools: [ADD] }));
  const before = JSON.stringify(first);

  run.take(succeeded("/step/1/model", answer("", [call("a")])));
  run.take(succeeded("/step/1/tool/0", { text: "1", isError: false }));

  expect(JSON.stringify(first)).toBe(before);
});
