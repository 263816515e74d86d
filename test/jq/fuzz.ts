import type { JsonValue } from "../../src/base/json.ts";
import { compile } from "../../src/jq/compile.ts";
import { JqError, JqFuelError, JqHalt, JqSyntaxError } from "../../src/jq/errors.ts";
import { toJsonText } from "../../src/jq/values/json-text.ts";
import { generateProgram, generateValue } from "./generate.ts";
import { createRandom, type Random } from "./random.ts";

const FUEL = 5_000;
const PIECES = [
  ..."| , ; : . .. [ ] { } ( ) ? // //= |= += -= *= /= %= == != < <= > >= = + - * / % $".split(" "),
  ..."if then else elif end try catch reduce foreach as def label break import include".split(" "),
  ...'and or not $x $__loc__ @base64 @foo " \\( \\u12 .a ."a" ?// 1 1e999 0x1 \'a\' # é 😀'.split(
    " ",
  ),
  ..."map select recurse empty error path limit first input debug env now halt_error".split(" "),
  ..."splits test sub ltrimstr tojson fromjson getpath range while repeat until walk".split(" "),
] as const;

/** What became of the programs of a run. */
export interface FuzzReport {
  readonly refused: number;
  readonly failed: number;
  readonly exhausted: number;
  readonly done: number;
}

/** Runs random programs, half of them broken ones. Throws when one of them ends otherwise than a program may end. */
export function fuzz(count: number, seed: number): FuzzReport {
  const random = createRandom(seed);
  const report = { refused: 0, failed: 0, exhausted: 0, done: 0 };
  for (let index = 0; index < count; index += 1) {
    const whole = generateProgram(random, 1 + random.below(4));
    const program = spoil(random, whole);
    const input = generateValue(random, 4);
    try {
      report[runOnce(program, input)] += 1;
    } catch (error) {
      throw new Error(`seed ${seed}: ${program} on ${JSON.stringify(input)}`, { cause: error });
    }
  }
  return report;
}

/** Programs that would never end. */
const ENDLESS = [
  "repeat(.)",
  "repeat(empty)",
  "[repeat(1)]",
  "range(1e15)",
  "[recurse]",
  "last(recurse(.))",
  "until(false; .)",
  "while(true; .)",
  "def f: f; f",
  "def f: 1 + f; f",
  "def f: (1, 2) | f; f",
  "def f: [f]; f",
  "def f: try f catch f; f",
  "def f(g): f(g | g); f(.)",
  'reduce range(1e9) as $i (""; . + "x")',
  "reduce range(100) as $i ([1]; . + .)",
  'reduce range(100) as $i ("x"; . + .)',
  "reduce range(60) as $i (1; [., .]) | tojson",
  '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | test("(a+)+b")',
  "[limit(1e9; repeat(1))]",
] as const;

/** A program as it is, or broken, or with one behind it that has no end. */
function spoil(random: Random, program: string): string {
  const choice = random.below(16);
  if (choice === 0) return `(${program}), ${random.pick(ENDLESS)}`;
  return choice < 8 ? program : damage(random, program);
}

/** Puts pieces of the language into a program, or takes some of it away. */
function damage(random: Random, program: string): string {
  let text = program;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const at = random.below(text.length + 1);
    const piece = random.below(3) === 0 ? "" : ` ${random.pick([".", ...PIECES])} `;
    text = text.slice(0, at) + piece + text.slice(at + random.below(6));
  }
  return text;
}

function runOnce(program: string, input: JsonValue): keyof FuzzReport {
  try {
    for (const output of compile(program).run(input, { x: 1 }, { fuel: FUEL })) toJsonText(output);
    return "done";
  } catch (error) {
    if (error instanceof JqSyntaxError) return "refused";
    if (error instanceof JqError || error instanceof JqHalt) return "failed";
    if (error instanceof JqFuelError) return "exhausted";
    throw error;
  }
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
  const start = performance.now();
  console.log(`seed ${seed}`, fuzz(count, seed), `${Math.round(performance.now() - start)} ms`);
}
