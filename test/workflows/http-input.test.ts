import { expect, test } from "bun:test";

import { parseYamlDocuments } from "../../src/dsl/source.ts";
import { HttpActivityInput } from "../../src/schema/wire/http-activity.ts";
import { playWorkflow } from "./run-workflow.ts";

test("what a document asks of HTTP is what the activity takes", async () => {
  const file = `${import.meta.dir}/call-http/workflow.yaml`;
  const [source] = parseYamlDocuments(await Bun.file(file).text());
  const input = { user: "me", id: 7, words: "w", list: ["x"], next: "https://example.test" };

  const { commands } = playWorkflow(source?.value ?? null, {
    input,
    answer: () => ({ value: { statusCode: 200, next: "https://example.test" } }),
  });

  const inputs = commands.map((command) => (command.kind === "activity" ? command.input : null));
  expect(inputs).toHaveLength(2);
  for (const given of inputs) expect(HttpActivityInput.parse(given)).toMatchObject(Object(given));
});
