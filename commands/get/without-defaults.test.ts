import { expect, test } from "bun:test";

import { Agent } from "../../src/schema/kinds/agent.ts";
import { Workflow } from "../../src/schema/kinds/workflow.ts";
import { withoutDefaults } from "./without-defaults.ts";

const envelope = { apiVersion: "agentic.stigmer.ai/v1", metadata: { name: "writer" } };

test.each([
  { instructions: "Write." },
  {
    description: "Writes",
    instructions: "Write.\nWell.\n",
    model: { name: "m" },
    mcpServers: [{ name: "a", command: "x", tools: [] }],
    tools: ["shell"],
    limits: { stepsMax: 50, tokensMax: 5 },
  },
])("an agent is as it was written, in the order of its fields: %j", (spec) => {
  const written = { ...envelope, kind: "Agent", spec };

  const slim = withoutDefaults(Agent.parse(written));

  const { stepsMax: _default, ...limits } = { stepsMax: 50, ...("limits" in spec && spec.limits) };
  const expected = { ...written, spec: { ...spec, ...("limits" in spec && { limits }) } };
  expect(JSON.stringify(sorted(slim))).toBe(JSON.stringify(sorted(expected)));
  expect(Agent.parse(slim)).toEqual(Agent.parse(written));
});

test("a workflow keeps its document as it is, empty fields and all", () => {
  const spec = { document: { tags: {} }, do: [], labels: {} };
  const written = { ...envelope, kind: "Workflow", metadata: { name: "default/a" }, spec };

  expect(withoutDefaults(Workflow.parse(written))).toEqual(written);
});

/** The envelope's order is the schema's. */
function sorted(value: unknown): unknown {
  const { apiVersion, kind, metadata, spec } = Object(value);
  return { apiVersion, kind, metadata, spec };
}
