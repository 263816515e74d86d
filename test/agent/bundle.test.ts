import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { messageOf } from "../../src/base/errors.ts";
import { newHome, type RunnerProcess, startRunner, stopRunner } from "./runner-process.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** The agent-runner as it is shipped: one minified file that another program's own runtime runs. */
const SIZE_BYTES_MAX = 2_000_000;
const MAIN = join(import.meta.dir, "../../src/agent-runner/main.ts");
const RUN = ["--no-env-file", "--config=/dev/null"];

let folder = "";
let bundle = "";
let host = "";
let runner: RunnerProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-bundle-"));
  bundle = join(folder, "agent-runner");
  host = join(folder, "host");
  bun("build", MAIN, "--target=bun", "--minify", `--outfile=${bundle}`);
  writeFileSync(join(folder, "host.ts"), 'console.log("I am the host");');
  bun("build", "--compile", join(folder, "host.ts"), `--outfile=${host}`);
});
afterAll(async () => {
  if (runner) await stopRunner(runner);
  rmSync(folder, { recursive: true, force: true });
});

function bun(...given: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, ...given], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

function ask(...given: string[]) {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, BUN_BE_BUN: "1" };
  return Bun.spawnSync([host, ...RUN, bundle, ...given], { cwd: folder, env, stderr: "pipe" });
}

test("it is small", () => {
  expect(statSync(bundle).size).toBeLessThan(SIZE_BYTES_MAX);
});

test("a compiled program runs it and asks for its version", () => {
  const { exitCode, stdout, stderr } = ask("--version");

  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toBe("agent-runner dev\n");
  expect(exitCode).toBe(0);
});

test("what lies in the working directory changes nothing", () => {
  writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
  writeFileSync(join(folder, "evil.ts"), 'console.log("evil ran");');
  writeFileSync(join(folder, ".env"), "STIGMER_HOME=relative");

  const { stdout } = ask("--version");

  expect(stdout.toString()).toBe("agent-runner dev\n");
});

test("it serves, with the parts that it loads on demand", async () => {
  chmodSync(host, 0o755);
  runner = await startRunner(newHome(), { BUN_BE_BUN: "1", OLLAMA_HOST: "127.0.0.1:1" }, [
    host,
    ...RUN,
    bundle,
  ]);
  const server = {
    name: "record",
    command: process.execPath,
    args: [join(import.meta.dir, "mcp-record-server.ts")],
    environment: { RECORD_FILE: join(folder, "records") },
  };
  const unreachable = {
    instructions: "x",
    model: { provider: "ollama" },
    messages: [{ role: "user", text: "x" }],
    tools: [],
  };

  const tools = await runner.call("agent.tools", { tools: ["fetch_url"], mcpServers: [server] });
  const asked = await runner.call("agent.model", unreachable).catch(messageOf);

  const names = z.object({ tools: z.array(z.object({ name: z.string() })) }).parse(tools).tools;
  expect(names.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["fetch_url", expect.stringContaining("wait-for")]),
  );
  expect(asked).toStartWith("Ollama does not answer at http://127.0.0.1:1:");
});
