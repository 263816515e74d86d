import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

import { Glob } from "bun";

import { playWorkflow } from "../workflows/run-workflow.ts";
import { type Execute, playScenario } from "./ctk.ts";
import { parseFeature, type Scenario } from "./gherkin.ts";

const data = "../shared/conformance/ctk";
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is missing, so the conformance kit can't be played`);

const scenarios = isHere ? ["main", "v1.0.3"].flatMap(read) : [];
/** The others call public hosts, or emit an event. */
const offline = scenarios.filter(
  ([, { steps }]) =>
    !steps.some(({ block = "" }) => /https:\/\/(petstore|httpbin)|emit:/.test(block)),
);

const inMemory: Execute = async (definition, input) => {
  const { end, decisions } = playWorkflow(definition, { input });
  return { end, notes: decisions.flatMap(({ notes }) => notes) };
};

test.skipIf(!isHere)("the kit has 21 scenarios, 11 of them offline, in each version", () => {
  expect(scenarios).toHaveLength(42);
  expect(offline).toHaveLength(22);
});

test.each(offline)("%s", async (_name, scenario) => {
  await playScenario(scenario, inMemory);
});

function read(version: string): [name: string, scenario: Scenario][] {
  const files = [...new Glob("*.feature").scanSync(`${data}/${version}`)].toSorted();
  return files.flatMap((file) =>
    parseFeature(readFileSync(`${data}/${version}/${file}`, "utf8")).map(
      (scenario): [string, Scenario] => [`${version} ${file}: ${scenario.name}`, scenario],
    ),
  );
}
