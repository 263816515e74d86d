import { expect } from "bun:test";

import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import { parseWorkflow } from "../../src/dsl/parse.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";
import type { Note, RunEnd } from "../../src/durable/program.ts";
import type { Scenario, Step } from "./gherkin.ts";

/** How a scenario's workflow is run. */
export type Execute = (
  definition: JsonValue,
  input: JsonValue,
) => Promise<{ end: RunEnd | undefined; notes: readonly Note[] }>;

interface World {
  definition: JsonValue;
  input: JsonValue;
  end: RunEnd | undefined;
  notes: readonly Note[];
}

type Meaning = [pattern: RegExp, act: (world: World, step: Step, words: string[]) => unknown];

/** What each sentence of the kit does or expects. */
const meanings = (execute: Execute): Meaning[] => [
  [/^a workflow with definition:$/, (world, { block = "" }) => (world.definition = read(block))],
  [/^given the workflow input is:$/, (world, { block = "" }) => (world.input = yaml(block))],
  [
    /^the workflow is executed$/,
    async (world) => Object.assign(world, await execute(world.definition, world.input)),
  ],
  [
    /^the workflow should complete$/,
    ({ end }) => expect(end).toMatchObject({ status: "completed" }),
  ],
  [
    /^the workflow should complete with output:$/,
    ({ end }, { block = "" }) => expect(end).toEqual({ status: "completed", output: yaml(block) }),
  ],
  [/^the workflow should fault$/, ({ end }) => expect(end).toMatchObject({ status: "failed" })],
  [
    /^the workflow should fault with error:$/,
    ({ end }, { block = "" }) =>
      expect(end).toMatchObject({ status: "failed", error: yaml(block) }),
  ],
  [
    /^the workflow output should have a '(.+)' property with value:$/,
    (world, { block = "" }, [path = ""]) => expect(outputAt(world, path)).toEqual(yaml(block)),
  ],
  [
    /^the workflow output should have properties (.+)$/,
    (world, _step, [paths = ""]) => {
      for (const [, path = ""] of paths.matchAll(/'([^']+)'/g)) {
        expect(outputAt(world, path), path).toBeDefined();
      }
    },
  ],
  [
    /^the workflow output should have a '(.+)' property containing (\d+) items$/,
    (world, _step, [path = "", count]) => expect(outputAt(world, path)).toHaveLength(Number(count)),
  ],
  [/^(.+) should run first$/, (world, _step, [name]) => expect(started(world)[0]).toBe(name)],
  [/^(.+) should run last$/, (world, _step, [name]) => expect(started(world).at(-1)).toBe(name)],
  [
    /^(.+) should run after (.+)$/,
    (world, _step, [name = "", earlier = ""]) => {
      const names = started(world);
      expect(names).toContain(earlier);
      expect(names.indexOf(name)).toBeGreaterThan(names.indexOf(earlier));
    },
  ],
];

/** Plays one scenario; a sentence that nobody understands fails it. */
export async function playScenario({ steps }: Scenario, execute: Execute): Promise<void> {
  const world: World = { definition: null, input: {}, end: undefined, notes: [] };
  const sentences = meanings(execute);
  for (const step of steps) {
    const meaning = sentences.find(([pattern]) => pattern.test(step.text));
    if (!meaning) throw new Error(`unknown step: ${step.text}`);
    const [pattern, act] = meaning;
    await act(world, step, [...(pattern.exec(step.text) ?? [])].slice(1));
  }
}

/** A definition must also be one that we accept; what runs is the document as it was written. */
function read(text: string): JsonValue {
  parseWorkflow(text);
  return yaml(text);
}

function yaml(text: string): JsonValue {
  return parseYamlDocuments(text)[0]?.value ?? null;
}

function outputAt({ end }: World, path: string): JsonValue | undefined {
  if (end?.status !== "completed")
    throw new Error(`the run did not complete: ${JSON.stringify(end)}`);
  return path
    .split(".")
    .reduce<JsonValue | undefined>(
      (value, key) => (isJsonObject(value) ? value[key] : undefined),
      end.output,
    );
}

/** Names of the tasks in the order in which they started. */
function started({ notes }: World): string[] {
  return notes
    .filter(({ type }) => type === "io.serverlessworkflow.task.started.v1")
    .map(({ data }) =>
      isJsonObject(data) && typeof data["name"] === "string" ? data["name"] : "",
    );
}
