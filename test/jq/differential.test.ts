import { expect, test } from "bun:test";

import type { JsonValue } from "../../src/base/json.ts";
import { compile } from "../../src/jq/compile.ts";
import { JqError, JqFuelError } from "../../src/jq/errors.ts";
import { toJsonText } from "../../src/jq/values/json-text.ts";
import { generateProgram, generateValue } from "./generate.ts";
import { type Case, Oracle } from "./oracle.ts";
import { createRandom, type Random } from "./random.ts";

const FIXED_SEED = 20_261_122;
const CASES_PER_SEED = 5_000;
const CASES_PER_CALL = 100;
const FUEL = 20_000;
/** An outcome that prints longer says nothing more, and takes jq long. */
const OUTCOME_LENGTH_MAX = 20_000;

/** jq 1.8.2 takes two slices of one array for equal when they are as long: `[1,2] | .[1:] == .[:1]`. */
const TWO_SLICES = /\[[^[\]]*:[^[\]]*\].*\[[^[\]]*:[^[\]]*\]/;

const freshSeed = Math.floor(Math.random() * 2 ** 31);

test.each([
  ["a fixed seed", FIXED_SEED],
  ["a fresh seed", freshSeed],
])(
  "agrees with jq itself on generated programs: %s",
  async (_name, seed) => {
    const random = createRandom(seed);
    const oracle = new Oracle();
    const differences: object[] = [];
    let compared = 0;

    while (compared < CASES_PER_SEED) {
      const cases = generateCases(random);
      const theirs = await oracle.run(cases.map(({ question }) => question));
      for (const [index, { question, ours }] of cases.entries()) {
        const outcome = theirs[index];
        if (outcome === undefined || TWO_SLICES.test(question.program)) continue;
        compared += 1;
        const jq = JSON.stringify(outcome);
        if (jq !== ours) differences.push({ seed, ...question, ours, jq });
      }
    }

    expect(differences).toEqual([]);
  },
  120_000,
);

interface Answered {
  readonly question: Case;
  readonly ours: string;
}

/** Programs that end within their fuel, with what they gave here. */
function generateCases(random: Random): Answered[] {
  const cases: Answered[] = [];
  while (cases.length < CASES_PER_CALL) {
    const program = generateProgram(random, 1 + random.below(3));
    const input = generateValue(random, 3);
    const ours = run(program, input);
    if (ours !== undefined && ours.length < OUTCOME_LENGTH_MAX) {
      cases.push({ question: { program, input }, ours });
    }
  }
  return cases;
}

function run(program: string, input: JsonValue): string | undefined {
  try {
    const outputs = [...compile(program, { variables: [] }).run(input, {}, { fuel: FUEL })];
    return normalize({ outputs });
  } catch (error) {
    if (error instanceof JqFuelError) return undefined;
    if (error instanceof JqError) return normalize({ error: error.value });
    throw new Error(`failed on ${program} with ${JSON.stringify(input)}`, { cause: error });
  }
}

/** Through text and back, as what comes from jq has gone. */
function normalize(outcome: { [key: string]: JsonValue }): string {
  return JSON.stringify(JSON.parse(toJsonText(outcome)));
}
