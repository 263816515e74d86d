import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { smokeRun } from "./smoke.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-smoke-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function trouble(source: string): Promise<string | undefined> {
  const path = join(folder, "agent-runner");
  writeFileSync(path, source);
  return smokeRun(path, "dev", folder);
}

const SAYS_DEV = 'console.log("agent-runner dev");';

test("a runner that says its version is well", async () => {
  expect(await trouble(SAYS_DEV)).toBeUndefined();
});

test("of a trace only the line that says what is wrong is told", async () => {
  const found = await trouble(`${SAYS_DEV}\nthrow new TypeError("the edit is broken");\n`);

  expect(found).toBe("--version exited with 1: TypeError: the edit is broken");
});

test("a text that is no program is told by its mistake", async () => {
  const found = await trouble("const = ;\n");

  expect(found).toStartWith("--version exited with 1: error: ");
  expect(found).not.toContain("\n");
});

test.each([
  ["process.exit(9);", '--version exited with 9 and said "nothing"'],
  ['console.log("hello");', '--version exited with 0 and said "hello"'],
  ['console.log("agent-runner v2.0.0");', "it says that it is v2.0.0, not dev"],
])("%j is refused: %s", async (source, expected) => {
  expect(await trouble(source)).toBe(expected);
});
