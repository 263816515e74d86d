import { afterAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

import { Glob } from "bun";

import { runDocument } from "../../commands/exec/run-document.ts";
import { Json } from "../../src/base/json.ts";
import { parseWorkflow, parseWorkflowValue } from "../../src/dsl/parse.ts";
import type { Note } from "../../src/durable/program.ts";
import { checkRunnable } from "../../src/workflow/check.ts";
import { playWorkflow } from "../workflows/run-workflow.ts";
import { type Execute, playScenario } from "./ctk.ts";
import { parseFeature, type Scenario } from "./gherkin.ts";
import { startPetStore } from "./pet-store.ts";

const data = "../shared/conformance/ctk";
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is missing, so the conformance kit can't be played`);

type Named = [name: string, scenario: Scenario];

const scenarios = isHere ? ["main", "v1.0.3"].flatMap(read) : [];
const later = scenarios.filter(mentions(/call: openapi|emit:/));
const networked = scenarios.filter(
  (scenario) => mentions(/https:\/\/(petstore|httpbin)/)(scenario) && !later.includes(scenario),
);
const offline = scenarios.filter(
  (scenario) => !later.includes(scenario) && !networked.includes(scenario),
);

const petStore = startPetStore();
afterAll(petStore.stop);

const inMemory: Execute = async (definition, input) => {
  const { end, decisions } = playWorkflow(definition, { input });
  return { end, notes: decisions.flatMap(({ notes }) => notes) };
};

/** On the embedded engine and over real HTTP. */
const onEngine: Execute = async (definition, input) => {
  const text = JSON.stringify(definition)
    .replaceAll("https://petstore.swagger.io", petStore.url)
    .replaceAll("https://httpbin.org", petStore.url);
  const local = Json.parse(JSON.parse(text));
  const document = parseWorkflowValue(local);
  const notes: Note[] = [];
  const request = { document, definition: local, input, onEvent: () => {} };
  const outcome = await runDocument(request, new AbortController().signal);
  if (outcome?.status !== "faulted") return { end: outcome, notes };
  return { end: { status: "failed", error: outcome.error }, notes };
};

test.skipIf(!isHere)("the kit has 21 scenarios in each version", () => {
  expect(scenarios).toHaveLength(2 * 21);
  expect(offline).toHaveLength(2 * 11);
  expect(networked).toHaveLength(2 * 7);
  expect(later).toHaveLength(2 * 3);
});

test.each(offline)("%s", async (_name, scenario) => {
  await playScenario(scenario, inMemory);
});

test.each(networked)("%s (over loopback)", async (_name, scenario) => {
  await playScenario(scenario, onEngine);
});

test.each(later)("%s is refused before it runs", (_name, { steps }) => {
  const [definition] = steps.flatMap(({ block }) => (block === undefined ? [] : [block]));

  expect(() => checkRunnable(parseWorkflow(definition ?? ""))).toThrow("not supported yet");
});

function mentions(words: RegExp): (scenario: Named) => boolean {
  return ([, { steps }]) => steps.some(({ block = "" }) => words.test(block));
}

function read(version: string): Named[] {
  const files = [...new Glob("*.feature").scanSync(`${data}/${version}`)].toSorted();
  return files.flatMap((file) =>
    parseFeature(readFileSync(`${data}/${version}/${file}`, "utf8")).map((scenario): Named => [
      `${version} ${file}: ${scenario.name}`,
      scenario,
    ]),
  );
}
