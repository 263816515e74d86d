import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

test("the agent-runner, called by its name, says what it is without being installed", () => {
  const home = mkdtempSync(join(tmpdir(), "stigmer-launch-"));
  const module = JSON.stringify(join(import.meta.dir, "agent-runner.ts"));
  const ask = (word: string) => {
    const source = `process.exit(await (await import(${module})).launchAgentRunner(["${word}"]))`;
    return Bun.spawnSync([process.execPath, "-e", source], {
      argv0: "stigmer-agent-runner",
      env: { STIGMER_HOME: home },
    });
  };
  try {
    const version = ask("--version");
    const help = ask("--help");

    expect(version.stdout.toString()).toBe("agent-runner dev\n");
    expect(help.stdout.toString()).toContain("stigmer-agent-runner [flags]");
    expect([version.exitCode, help.exitCode]).toEqual([0, 0]);
    expect(readdirSync(home)).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
  }
});
