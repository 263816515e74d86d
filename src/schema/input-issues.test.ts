import { expect, test } from "bun:test";

import { StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { Resource } from "./kinds.ts";
import { parseInput } from "./parse-input.ts";

const agent = (change: (draft: Record<string, JsonValue>) => void): JsonValue => {
  const draft: Record<string, JsonValue> = {
    apiVersion: "agentic.stigmer.ai/v1",
    kind: "Agent",
    metadata: { name: "release-writer" },
    spec: { instructions: "Write." },
  };
  change(draft);
  return draft;
};

function refuse(value: JsonValue) {
  try {
    parseInput(Resource, value, { what: "agent.yaml" });
  } catch (error) {
    if (error instanceof StigmerError) return error.issues;
  }
  throw new Error("it was taken");
}

test("an unknown field is named with what it may have meant", () => {
  const issues = refuse(agent((draft) => (draft["spec"] = { instructions: "x", modle: {} })));

  expect(issues).toEqual([
    {
      message: 'unknown field "modle"',
      pointer: "/spec/modle",
      expected: "one of description, instructions, model, mcpServers, tools, limits",
      suggestion: "model",
    },
  ]);
});

test("an unknown field deep inside a list is found too", () => {
  const spec = { instructions: "x", mcpServers: [{ name: "a", comand: "b", command: "b" }] };

  const issues = refuse(agent((draft) => (draft["spec"] = spec)));

  expect(issues).toMatchObject([{ pointer: "/spec/mcpServers/0/comand", suggestion: "command" }]);
});

test("what is missing and what has the wrong type say what was expected", () => {
  const issues = refuse(agent((draft) => (draft["spec"] = { tools: "shell", description: 3 })));

  expect(issues).toEqual([
    {
      message: '"description" is not a string',
      pointer: "/spec/description",
      expected: "a string",
      got: "3",
    },
    { message: '"instructions" is missing', pointer: "/spec/instructions", expected: "a string" },
    {
      message: '"tools" is not a list',
      pointer: "/spec/tools",
      expected: "a list",
      got: '"shell"',
    },
  ]);
});

test("a wrong kind lists the kinds that are", () => {
  const issues = refuse(agent((draft) => (draft["kind"] = "Agnet")));

  expect(issues).toEqual([
    {
      message: '"Agnet" is not a known kind',
      pointer: "/kind",
      expected: 'one of "Agent", "Workflow"',
      got: '"Agnet"',
      suggestion: "Agent",
    },
  ]);
});

test("a missing kind is missing, not unknown", () => {
  const issues = refuse(agent((draft) => delete draft["kind"]));

  expect(issues).toMatchObject([{ message: '"kind" is missing', pointer: "/kind" }]);
});

test("a name that breaks its pattern is shown", () => {
  const issues = refuse(agent((draft) => (draft["metadata"] = { name: "Release Writer" })));

  expect(issues).toMatchObject([{ pointer: "/metadata/name", got: '"Release Writer"' }]);
});

test("a label name that is too long is an issue of its own", () => {
  const labels = { ["a".repeat(64)]: "b" };

  const issues = refuse(agent((draft) => (draft["metadata"] = { name: "a", labels })));

  expect(issues).toHaveLength(1);
  expect(issues[0]?.message).toContain("is not allowed");
});

test("places are asked of the source", () => {
  const source = { what: "a", file: "a.yaml", locate: () => ({ line: 2, column: 1 }) };
  const value = agent((draft) => (draft["x"] = 1));

  const parse = () => parseInput(Resource, value, source);

  expect(parse).toThrow(
    expect.objectContaining({
      issues: [expect.objectContaining({ file: "a.yaml", line: 2, column: 1 })],
    }),
  );
});
