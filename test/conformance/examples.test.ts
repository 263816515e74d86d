import { expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { Glob } from "bun";

import { StigmerError } from "../../src/base/errors.ts";
import { placeOf } from "../../src/dsl/issues.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import { parseYamlDocuments, type SourceDocument } from "../../src/dsl/source.ts";
import { checkRunnable } from "../../src/workflow/check.ts";
import { playWorkflow } from "../workflows/run-workflow.ts";

const data = "../shared/conformance/examples/main";
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is missing, so the examples can't be run`);

const files = isHere ? [...new Glob("*.yaml").scanSync(data)].toSorted() : [];

test.each(files)("%s is refused for what is not supported yet, or runs", async (file) => {
  const source = await read(file);
  const refusal = refusalOf(source);

  if (refusal) {
    for (const { message, line = 0 } of refusal.issues) {
      expect(message).toContain("not supported yet");
      expect(line).toBeGreaterThan(0);
    }
    return;
  }
  const { end } = playWorkflow(source.value, {
    input: { petId: 1, pets: [], id: 1 },
    answer: () => ({ value: { id: 1, homeworld: "https://example.test/1" } }),
  });
  expect(end?.status).toBeString();
});

test.skipIf(!isHere)("a third of the examples runs", async () => {
  const sources = await Promise.all(files.map(read));

  const running = sources.filter((source) => !refusalOf(source));

  expect(running.length).toBeGreaterThan(files.length / 3);
});

function refusalOf(source: SourceDocument): StigmerError | undefined {
  const place = placeOf(source);
  try {
    checkRunnable(parseWorkflowValue(source.value, place), place);
    return undefined;
  } catch (error) {
    if (error instanceof StigmerError) return error;
    throw error;
  }
}

async function read(file: string): Promise<SourceDocument> {
  const [source] = parseYamlDocuments(await Bun.file(`${data}/${file}`).text(), file);
  if (!source) throw new Error(`${file} is empty`);
  return source;
}
