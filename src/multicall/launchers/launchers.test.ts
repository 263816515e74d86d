import { expect, test } from "bun:test";
import { join } from "node:path";

/** A launcher in a process of its own, with these words. */
function launched(file: string, name: string, words: readonly string[]): string {
  const module = JSON.stringify(join(import.meta.dir, file));
  const source = `process.exit(await (await import(${module}))["${name}"](${JSON.stringify(words)}))`;
  const { stdout, exitCode } = Bun.spawnSync([process.execPath, "-e", source]);
  return `${exitCode} ${stdout.toString()}`;
}

test.each([
  ["server.ts", "launchServer", "stigmer-server"],
  ["workflow-runner.ts", "launchWorkflowRunner", "stigmer-workflow-runner"],
])("%s answers what every program is asked, and starts nothing", (file, name, program) => {
  expect(launched(file, name, ["--version"])).toBe(`0 ${program} dev\n`);
  expect(launched(file, name, ["--help"])).toContain(program);
  expect(launched(file, name, ["--help"])).toStartWith("0 ");
});
