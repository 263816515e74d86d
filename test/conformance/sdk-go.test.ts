import { expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { z } from "zod";

import { Json, type JsonValue } from "../../src/base/json.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";
import { playWorkflow } from "../workflows/run-workflow.ts";

const data = "../shared/conformance/sdk-go";
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is missing, so the peer's cases can't be played`);

const Case = z.object({
  file: z.string(),
  input: Json,
  output: Json.optional(),
  fault: z
    .object({
      typeSuffix: z.string(),
      status: z.number().optional(),
      detail: z.string().optional(),
    })
    .optional(),
  /** Where the peer departs from the specification's text. */
  conflict: z.string().optional(),
});

const cases = isHere
  ? z.object({ cases: z.array(Case) }).parse(await Bun.file(`${data}/expected.json`).json()).cases
  : [];
const agreed = cases
  .filter(({ conflict }) => conflict === undefined)
  .map((item): [string, z.infer<typeof Case>] => [
    `${item.file} ${JSON.stringify(item.input)}`,
    item,
  ]);

test.skipIf(!isHere)("the peer has 24 cases without a conflict", () => {
  expect(agreed.length).toBe(24);
});

test.each(agreed)("%s", async (_name, { file, input, output, fault }) => {
  const definition = await read(file);
  parseWorkflowValue(definition);

  const { end } = playWorkflow(definition, { input });

  if (!fault) {
    expect(end).toEqual({ status: "completed", output: output ?? null });
    return;
  }
  const { typeSuffix, ...rest } = fault;
  expect(end).toMatchObject({ status: "failed", error: rest });
  if (end?.status === "failed") expect(end.error.type).toEndWith(typeSuffix);
});

const undecided = ["set_tasks_invalid_then.yaml", "raise_undefined_reference.yaml"];

test.skipIf(!isHere).each(undecided)("%s is refused before it runs", async (file) => {
  const definition = await read(file);

  expect(() => parseWorkflowValue(definition)).toThrow("is not a valid workflow");
});

async function read(file: string): Promise<JsonValue> {
  return parseYamlDocuments(await Bun.file(`${data}/${file}`).text(), file)[0]?.value ?? null;
}
