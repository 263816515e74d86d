import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";

import { messageOf, StigmerError } from "../../src/base/errors.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { parseWorkflowValue } from "../../src/dsl/parse.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";
import type { Command } from "../../src/durable/command.ts";
import { checkRunnable } from "../../src/workflow/check.ts";
import { type Mutant, mutantsOf, randomOf } from "../conformance/mutate.ts";
import { type Answer, playWorkflow, replay } from "./run-workflow.ts";

const root = import.meta.dir;
const MUTANTS = 3_000;
const SEED = 42;

test("a spoilt document is refused or runs, but never breaks the program", async () => {
  const broken: string[] = [];
  let played = 0;
  for (const { what, document } of pickMutants(await mutants())) {
    const verdict = tryDocument(document);
    if (verdict === "played") played += 1;
    else if (verdict !== "refused") broken.push(`${what}: ${verdict}`);
  }

  expect(broken).toEqual([]);
  expect(played).toBeGreaterThan(MUTANTS / 10);
}, 60_000);

test("whatever the delays are, a replay decides the same and order comes from the document", () => {
  const random = randomOf(SEED);
  for (let round = 0; round < 100; round += 1) {
    const definition = tree(random);
    const answer = (): Answer => ({ afterMs: random(50), value: random(10) });

    const first = playWorkflow(definition, { answer: remember(answer) });
    const second = playWorkflow(definition, { answer: remember(answer) });

    const again = replay(definition, null, first.outcomes);
    expect(JSON.stringify(again)).toBe(JSON.stringify(first.decisions));
    expect(shape(first.end)).toEqual(shape(second.end));
    expect(new Set(first.commands.map(({ id }) => id)).size).toBe(first.commands.length);
  }
});

function tryDocument(document: JsonValue): string {
  try {
    checkRunnable(parseWorkflowValue(document));
  } catch (error) {
    return error instanceof StigmerError && error.issues.length > 0 ? "refused" : messageOf(error);
  }
  try {
    playWorkflow(document, { input: { n: 1, list: [1, 2] }, answer: anAnswer, outcomesMax: 10 });
    return "played";
  } catch (error) {
    return `threw ${messageOf(error)}`;
  }
}

function anAnswer(): Answer {
  return { value: { text: "x", n: 1 } };
}

async function mutants(): Promise<Mutant[]> {
  const found: Mutant[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === "function-recursion") continue;
    const text = await Bun.file(`${root}/${entry.name}/workflow.yaml`).text();
    const document = parseYamlDocuments(text)[0]?.value ?? null;
    for (const mutant of mutantsOf(document)) {
      found.push({ ...mutant, what: `${entry.name}: ${mutant.what}` });
    }
  }
  return found;
}

function pickMutants(all: readonly Mutant[]): Mutant[] {
  const random = randomOf(SEED);
  return Array.from({ length: MUTANTS }, () => all[random(all.length)]).filter(
    (mutant) => mutant !== undefined,
  );
}

/** A random tree of forks and sequences over calls, waits and values. */
function tree(random: (below: number) => number): JsonValue {
  const task = (depth: number): JsonValue => {
    const kind = depth === 0 ? random(3) : random(5);
    if (kind === 0) return { wait: { milliseconds: random(40) } };
    if (kind === 1) return { set: { at: random(100) } };
    if (kind === 2) return { call: "http", with: { method: "get", endpoint: "https://x.test" } };
    const children = Array.from({ length: 1 + random(3) }, (_, index) => ({
      [`t${index}`]: task(depth - 1),
    }));
    return kind === 3 ? { do: children } : { fork: { branches: children } };
  };
  return {
    document: { dsl: "1.0.3", namespace: "test", name: "tree", version: "0.1.0" },
    do: [{ top: task(3) }],
  };
}

/** The same answer for the same command, as a journal would give it. */
function remember(answer: () => Answer): (command: Command) => Answer {
  const known = new Map<string, Answer>();
  return ({ id }) => {
    const given = known.get(id) ?? answer();
    known.set(id, given);
    return given;
  };
}

/** A result without its numbers, which are random. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "number") return 0;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shape(child)]));
}
