import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { compile } from "../../src/jq/compile.ts";
import { JqError, JqSyntaxError } from "../../src/jq/errors.ts";
import { equal } from "../../src/jq/values/order.ts";
import { parseJsonText } from "../../src/jq/values/parse-json.ts";
import { type Block, parseBlocks } from "../jq/conformance-blocks.ts";

const FOLDER = join(import.meta.dir, "../../../shared/conformance/jq");
const FILES = ["man.test", "jq.test", "onig.test", "base64.test"];
const PASSED_SHARE_MIN = 0.97;

/** The blocks that do not hold, and why. One that comes to hold must leave this list. */
const KNOWN_MISSES: ReadonlyMap<string, string> = new Map([
  ["jq.test:1413", "modules"],
  ["jq.test:1417", "modules"],
  ["jq.test:1421", "modules"],
  ["jq.test:1425", "modules"],
  ["jq.test:1429", "modules"],
  ["jq.test:1433", "modules"],
  ["jq.test:1467", "modules: modulemeta"],
  ["jq.test:1471", "modules: modulemeta"],
  ["jq.test:1475", "modules: modulemeta"],
  ["jq.test:1485", "modules"],
]);

const isThere = existsSync(FOLDER);
if (!isThere) console.warn(`skipped: jq's own test files are not at ${FOLDER}`);

test.skipIf(!isThere)("jq's own test files hold, but for the known misses", () => {
  const blocks = FILES.flatMap((file) =>
    parseBlocks(file, readFileSync(join(FOLDER, file), "utf8")),
  );

  const failures = blocks.flatMap((block) => {
    const reason = check(block);
    return reason === undefined ? [] : [{ at: block.at, program: block.program, reason }];
  });

  const unexpected = failures.filter(({ at }) => !KNOWN_MISSES.has(at));
  const failed = new Set(failures.map(({ at }) => at));
  const healed = [...KNOWN_MISSES.keys()].filter((at) => !failed.has(at));
  expect(unexpected).toEqual([]);
  expect(healed).toEqual([]);
  expect(1 - failures.length / blocks.length).toBeGreaterThanOrEqual(PASSED_SHARE_MIN);
});

/** Why a block does not hold; undefined when it does. */
function check(block: Block): string | undefined {
  if ("report" in block) return checkRefusal(block.program, block.report);
  const wanted = block.outputs.map(parseJsonText);
  const outcome = runProgram(block.program, block.input);
  if (typeof outcome === "string") return outcome;
  const isSame =
    outcome.length === wanted.length &&
    outcome.every((value, index) => isEqual(value, wanted[index] ?? null));
  return isSame ? undefined : `gave ${JSON.stringify(outcome).slice(0, 300)}`;
}

function checkRefusal(program: string, report: string): string | undefined {
  try {
    compile(program, { variables: [] });
    return "compiled";
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error;
    return `jq: error: ${error.report}` === report ? undefined : `said ${error.report}`;
  }
}

function runProgram(program: string, input: string): ReturnType<typeof parseJsonText>[] | string {
  const outputs = [];
  try {
    const options = { fuel: 50_000_000, environment: { PAGER: "less" }, nowMs: 1_700_000_000_000 };
    for (const output of compile(program).run(parseJsonText(input), {}, options)) {
      outputs.push(output);
    }
    return outputs;
  } catch (error) {
    if (error instanceof JqError) return outputs;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Numbers that are none are equal here, as both print null. */
function isEqual(
  left: ReturnType<typeof parseJsonText>,
  right: ReturnType<typeof parseJsonText>,
): boolean {
  return equal(left, right) || JSON.stringify(left) === JSON.stringify(right);
}
