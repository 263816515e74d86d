import { expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { Glob } from "bun";

import { messageOf } from "../../src/base/errors.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { WorkflowDocument } from "../../src/dsl/document.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";
import { graft, type Mutant, mutantsOf, randomOf } from "./mutate.ts";
import { officialSchema, unionSchema } from "./official-schema.ts";

const data = "../shared/conformance";
const isHere = existsSync(`${data}/schema`);
if (!isHere) console.log(`skipped: ${data} is missing, so the official schema can't be compared`);

const GRAFTS = 6_000;

test.skipIf(!isHere)("every example of the specification is a valid workflow", async () => {
  const invalid: string[] = [];
  const documents = [...(await examples("main")), ...(await examples("v1.0.3"))];
  for (const [file, document] of documents) {
    try {
      parseWorkflowValue(document);
    } catch (error) {
      invalid.push(`${file}: ${messageOf(error)}`);
    }
  }

  expect(documents.length).toBeGreaterThan(100);
  expect(invalid).toEqual([]);
});

test.skipIf(!isHere)("the union takes all that the official schemas take", async () => {
  const union = await unionSchema(`${data}/schema/main/workflow.yaml`);
  const versions = await Promise.all([
    officialSchema(`${data}/schema/main/workflow.yaml`),
    officialSchema(`${data}/schema/v1.0.3/workflow.yaml`),
  ]);

  const lost: string[] = [];
  for (const [file, document] of await examples("main")) {
    for (const mutant of mutantsOf(document)) {
      if (versions.some((validate) => validate(mutant.document)) && !union(mutant.document)) {
        lost.push(`${file}: ${mutant.what}`);
      }
    }
  }

  expect(lost).toEqual([]);
});

test.skipIf(!isHere)(
  "accepts and refuses the same documents as the official schema",
  async () => {
    const union = await unionSchema(`${data}/schema/main/workflow.yaml`);
    const documents = await examples("main");

    const disagreements: string[] = [];
    let accepted = 0;
    let refused = 0;
    for (const mutant of mutants(documents)) {
      const expected = union(mutant.document);
      if (expected) accepted += 1;
      else refused += 1;
      const isSame = WorkflowDocument.safeParse(mutant.document).success === expected;
      if (isSame) continue;
      disagreements.push(`${expected ? "refused" : "accepted"} by us alone: ${mutant.what}`);
    }

    expect(disagreements).toEqual([]);
    expect(Math.min(accepted, refused)).toBeGreaterThan(5_000);
  },
  120_000,
);

function* mutants(documents: readonly [file: string, document: JsonValue][]): Generator<Mutant> {
  for (const [file, document] of documents) {
    for (const mutant of mutantsOf(document)) yield { ...mutant, what: `${file}: ${mutant.what}` };
  }
  const random = randomOf(20_261_122);
  for (let count = 0; count < GRAFTS; count += 1) {
    const from = documents[random(documents.length)];
    const onto = documents[random(documents.length)];
    if (!from || !onto) continue;
    const mutant = graft(from[1], onto[1], random);
    yield { ...mutant, what: `${from[0]} and ${onto[0]}: ${mutant.what}` };
  }
}

async function examples(version: string): Promise<[file: string, document: JsonValue][]> {
  const documents: [string, JsonValue][] = [];
  const folder = `${data}/examples/${version}`;
  for (const file of [...new Glob("*.yaml").scanSync(folder)].toSorted()) {
    const [source] = parseYamlDocuments(await Bun.file(`${folder}/${file}`).text(), file);
    if (source) documents.push([`${version}/${file}`, source.value]);
  }
  return documents;
}
