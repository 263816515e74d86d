import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../src/base/errors.ts";
import { loadManifests } from "./manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "stigmer-manifest-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function errorOf(sources: string[]): Promise<StigmerError> {
  try {
    await loadManifests(sources, { runnable: true });
  } catch (error) {
    if (error instanceof StigmerError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const AGENT = `apiVersion: agentic.stigmer.ai/v1
kind: Agent
metadata: {name: writer}
spec: {instructions: Write.}
`;
const WORKFLOW = `document: {dsl: 1.0.3, namespace: default, name: greet, version: 1.0.0}
do:
  - hello: {set: {greeting: hi}}
`;

test("one file may hold an agent and a bare workflow", async () => {
  const file = write("two.yaml", `${AGENT}---\n${WORKFLOW}`);

  const manifests = await loadManifests([file], { runnable: true });

  expect(manifests.map(({ label }) => label)).toEqual([
    "agent/writer",
    "workflow/default/greet@1.0.0",
  ]);
  expect(manifests[1]?.resource).toMatchObject({
    kind: "Workflow",
    metadata: { name: "default/greet" },
  });
});

test("everything that is wrong in any document is told at once, with its place", async () => {
  const agent = write("wrong-agent.yaml", AGENT.replace("instructions:", "instuctions:"));
  const workflow = write("wrong-workflow.yaml", WORKFLOW.replace("set:", "sett:"));

  const error = await errorOf([agent, workflow]);

  expect(error.message).toBe("2 documents are not valid");
  expect(error.issues).toContainEqual(
    expect.objectContaining({ file: agent, line: 4, column: 8, suggestion: "instructions" }),
  );
  expect(error.issues).toContainEqual(expect.objectContaining({ file: workflow, line: 3 }));
});

test("an unknown kind is told with the one that was meant", async () => {
  const error = await errorOf([write("kind.yaml", AGENT.replace("kind: Agent", "kind: agnet"))]);

  expect(error.issues).toEqual([
    expect.objectContaining({ line: 2, column: 7, pointer: "/kind", suggestion: "Agent" }),
  ]);
});

test("an envelope whose name is not the document's is refused", async () => {
  const spec = WORKFLOW.replaceAll(/^/gm, "  ").trimEnd();
  const file = write(
    "envelope.yaml",
    `apiVersion: agentic.stigmer.ai/v1\nkind: Workflow\nmetadata: {name: default/other}\nspec:\n${spec}\n`,
  );

  const error = await errorOf([file]);

  expect(error.issues).toEqual([
    expect.objectContaining({ line: 3, expected: '"default/greet"', got: '"default/other"' }),
  ]);
});

test("the same thing twice is refused, both places named", async () => {
  const one = write("one.yaml", AGENT);
  const other = write("other.yaml", AGENT);

  const error = await errorOf([one, other]);

  expect(error.message).toBe("agent/writer is there twice");
  expect(error.issues.map(({ file }) => file)).toEqual([one, other]);
});

test("of a folder the YAML files are read, of data nothing", async () => {
  const inner = mkdtempSync(join(folder, "inner-"));
  writeFileSync(join(inner, "b.yml"), WORKFLOW);
  writeFileSync(join(inner, "a.yaml"), AGENT);
  writeFileSync(join(inner, "input.json"), "[1, 2]");

  const manifests = await loadManifests([inner], { runnable: true });

  expect(manifests.map(({ label }) => label)).toEqual([
    "agent/writer",
    "workflow/default/greet@1.0.0",
  ]);
});

test.each([
  ["an empty file", write("empty.yaml", "# nothing\n"), "invalid_input"],
  ["a folder without manifests", mkdtempSync(join(folder, "empty-")), "invalid_input"],
  ["a file that is not there", join(folder, "missing.yaml"), "not_found"],
])("%s is an error", async (_name, source, code) => {
  const error = await errorOf([source]);

  expect(error.code).toBe(code as never);
  expect(error.message).toContain(source);
});

test("what can't run yet is valid, and refused where it is to run", async () => {
  const file = write(
    "later.yaml",
    WORKFLOW.replace(
      "set: {greeting: hi}",
      'emit: {event: {with: {type: com.example.said, source: "https://example.com"}}}',
    ),
  );

  const manifests = await loadManifests([file], { runnable: false });
  const error = await errorOf([file]);

  expect(manifests).toHaveLength(1);
  expect(error.message).toContain("can't run");
  expect(error.issues[0]).toMatchObject({ file, line: 3 });
});
