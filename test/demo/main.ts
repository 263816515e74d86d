import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { z } from "zod";

import { Run } from "../../src/schema/api/run.ts";
import { chooseModelServer, type ModelServer } from "./model-server.ts";
import { Terminal } from "./terminal.ts";

/**
 * `make demo`: the whole way of a run as a person sees it, on this repository's own git log, in an empty home.
 * Ends with `N passed, N failed` and exits non-zero when anything went wrong.
 */
const Output = z.object({
  statistics: z.object({ commits: z.int().min(1) }),
  notes: z.string().min(1),
});
const Status = z.object({
  parts: z.array(z.object({ name: z.string(), pid: z.int(), restarts: z.int() })),
});
const Sample = z.object({ commits: z.array(z.json()) });

const root = resolve(import.meta.dir, "../..");
const stigmer = join(root, "dist", "stigmer");
const example = "embed/examples/release-notes";
const home = await mkdtemp(join(tmpdir(), "stigmer-demo-"));
const model = await chooseModelServer(process.env);
const terminal = new Terminal(environmentOf(model));
process.chdir(root);
try {
  await demo();
} finally {
  await terminal.run([stigmer, "server", "stop"], { isQuiet: true });
  await model.stop();
  await rm(home, { recursive: true, force: true });
}
process.exit(await terminal.summary());

async function demo(): Promise<void> {
  const input = join(home, "commits.json");
  await Bun.write(input, JSON.stringify({ commits: await commits() }));

  terminal.say(`1. Start the server in an empty home. ${model.line}`);
  const started = await stigmerRun("server", "--port", "0", ...model.flags);
  terminal.check("the server is ready", started.exitCode === 0);

  terminal.say("2. Apply an agent and a workflow that calls it.");
  const applied = await stigmerRun("apply", "-f", example);
  terminal.check("both are created", applied.exitCode === 0);

  terminal.say("3. Run the workflow on this repository's git log.");
  await runOnce(input);

  terminal.say("4. Run it again, and kill -9 the workflow-runner while the run waits.");
  await runThroughKill(input);

  terminal.say("5. Stop.");
  const stopped = await stigmerRun("server", "stop");
  terminal.check("the server stops cleanly", stopped.exitCode === 0);
  const status = await stigmerRun("server", "status");
  terminal.check("nothing is left running", status.exitCode === 3);
}

async function runOnce(input: string): Promise<void> {
  const { exitCode, stdout } = await stigmerRun("run", "release-notes", "--input", `@${input}`);
  terminal.check("the run completes", exitCode === 0);
  terminal.check("its output has the statistics and the notes", hasNotes(JSON.parse(stdout)));
}

async function runThroughKill(input: string): Promise<void> {
  const started = await stigmerRun("run", "release-notes", "--input", `@${input}`, "--detach");
  const id = started.stdout.trim();
  const runner = await workflowRunner();
  const isWaiting = await stigmerUntil(
    ["runs", "events", id, "-f", "--json"],
    (line) => line.includes("task.started") && line.includes("settle"),
  );
  terminal.check("the run waits", isWaiting);
  console.log(`$ kill -9 ${runner.pid}  # the workflow-runner`);
  process.kill(runner.pid, "SIGKILL");

  const followed = await stigmerRun("runs", "events", id, "-f");
  terminal.check("its events go on to the end", followed.exitCode === 0);
  const got = await terminal.run([stigmer, "runs", "get", id, "--json"], { isQuiet: true });
  const ended = Run.parse(JSON.parse(got.stdout));
  terminal.check("the run completed", ended.status === "completed");
  terminal.check("with the same kind of output", hasNotes(ended.output));
  const after = await workflowRunner();
  terminal.check("a new workflow-runner took over", after.pid !== runner.pid && after.restarts > 0);
}

function stigmerRun(...args: string[]) {
  return terminal.run([stigmer, ...args], { shown: shownAs(args) });
}

function stigmerUntil(args: readonly string[], until: (line: string) => boolean) {
  return terminal.runUntil([stigmer, ...args], { shown: shownAs(args), until });
}

function shownAs(args: readonly string[]): string {
  return ["stigmer", ...args].join(" ");
}

async function workflowRunner(): Promise<{ pid: number; restarts: number }> {
  const { stdout } = await terminal.run([stigmer, "server", "status", "--json"], { isQuiet: true });
  const part = Status.parse(JSON.parse(stdout)).parts.find(
    ({ name }) => name === "workflow-runner",
  );
  if (!part) throw new Error("the server has no workflow-runner");
  return part;
}

function hasNotes(output: unknown): boolean {
  return Output.safeParse(output).success;
}

/** The newest commits of this repository, or the example's own input where there is no git history. */
async function commits(): Promise<z.core.util.JSONType[]> {
  const log = Bun.spawnSync(["git", "log", "-n", "100", "--pretty=format:%h%x09%an%x09%aI%x09%s"]);
  if (!log.success) {
    return Sample.parse(await Bun.file(join(example, "input.json")).json()).commits;
  }
  return log.stdout
    .toString()
    .split("\n")
    .map((line) => {
      const [hash = "", author = "", date = "", ...subject] = line.split("\t");
      return { hash, author, date, subject: subject.join("\t") };
    });
}

/** The demo's own home; nothing of the person's own stigmer is touched. */
function environmentOf(server: ModelServer): Record<string, string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("STIGMER_") ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(inherited), ...server.environment, STIGMER_HOME: home };
}
