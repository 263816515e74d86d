import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";

import { z } from "zod";

import { isJsonObject, Json, type JsonValue } from "../../src/base/json.ts";
import { placeOf } from "../../src/dsl/issues.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import { parseYamlDocuments, type SourceDocument } from "../../src/dsl/source.ts";
import type { Command } from "../../src/durable/command.ts";
import { RunError } from "../../src/durable/errors.ts";
import { checkRunnable } from "../../src/workflow/check.ts";
import { type Answer, playWorkflow, replay } from "./run-workflow.ts";

const root = import.meta.dir;

/** `expected.json` of a case. What it leaves out is not looked at. */
const Expected = z.strictObject({
  status: z.enum(["completed", "failed"]),
  output: Json.optional(),
  error: RunError.optional(),
  elapsedMs: z.number().optional(),
  /** Ids of all commands, in the order in which they were wanted. */
  commands: z.array(z.string()).optional(),
  abandoned: z.array(z.string()).optional(),
  /** Inputs of activities and children by command id. */
  inputs: z.record(z.string(), Json).optional(),
});

/** `answers.json`: how activities and children end, by command id; `*` is for all others. */
const Answers = z.record(
  z.string(),
  z.strictObject({
    afterMs: z.number().optional(),
    value: Json.optional(),
    error: RunError.optional(),
  }),
);

const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

describe.each(cases)("%s", (name) => {
  test("ends as expected", async () => {
    const { source, input, answer } = await readCase(name);
    const expected = Expected.parse(await Bun.file(`${root}/${name}/expected.json`).json());
    checkRunnable(parseWorkflowValue(source.value, placeOf(source)), placeOf(source));

    const played = playWorkflow(source.value, { input, answer });

    const { commands, inputs, elapsedMs, abandoned, ...end } = expected;
    expect(played.end).toMatchObject(end);
    if ("output" in end)
      expect(played.end).toEqual({ status: "completed", output: end.output ?? null });
    if (elapsedMs !== undefined) expect(played.elapsedMs).toBe(elapsedMs);
    if (commands) expect(played.commands.map(({ id }) => id)).toEqual(commands);
    if (abandoned) expect(played.abandoned).toEqual(abandoned);
    for (const [id, value] of Object.entries(inputs ?? {})) {
      const command = played.commands.find((item) => item.id === id);
      expect(inputOf(command) ?? null).toEqual(value);
    }
  });

  test("decides the same when it is replayed", async () => {
    const { source, input, answer } = await readCase(name);
    const played = playWorkflow(source.value, { input, answer });

    const again = replay(source.value, input, played.outcomes);

    expect(JSON.stringify(again)).toBe(JSON.stringify(played.decisions));
  });

  test("names every command once", async () => {
    const { source, input, answer } = await readCase(name);

    const ids = playWorkflow(source.value, { input, answer }).commands.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});

async function readCase(name: string): Promise<{
  source: SourceDocument;
  input: JsonValue;
  answer: (command: Command) => Answer | undefined;
}> {
  const file = `${root}/${name}/workflow.yaml`;
  const [source] = parseYamlDocuments(await Bun.file(file).text(), `${name}/workflow.yaml`);
  if (!source) throw new Error(`${file} is empty`);
  const answers = Answers.parse((await readJson(`${root}/${name}/answers.json`)) ?? {});
  return {
    source,
    input: await readJson(`${root}/${name}/input.json`),
    answer: ({ id }) => toAnswer(answers[id] ?? answers["*"]),
  };
}

async function readJson(file: string): Promise<JsonValue> {
  return existsSync(file) ? Json.parse(await Bun.file(file).json()) : null;
}

function toAnswer(found: z.infer<typeof Answers>[string] | undefined): Answer | undefined {
  if (!found) return undefined;
  const { afterMs = 0, value = null, error } = found;
  return error ? { afterMs, error } : { afterMs, value };
}

function inputOf(command: Command | undefined): JsonValue | undefined {
  return command && isJsonObject(Json.parse(command)) && "input" in command
    ? command.input
    : undefined;
}
