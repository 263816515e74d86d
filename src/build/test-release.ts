import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { places, say } from "./places.ts";
import { reachableTargets } from "./release/reachable-targets.ts";
import { obtainRuntime } from "./release/runtimes.ts";
import { chooseTargets, type Target } from "./release/targets.ts";
import { runStep } from "./run-step.ts";
import { readReport } from "./test-report.ts";

const VERSION = "v9.9.9";

await runStep(async () => {
  const targets = await bringTargets();
  const scratch = mkdtempSync(join(tmpdir(), "stigmer-release-"));
  try {
    const builds = [join(scratch, "one"), join(scratch, "two/deeper")];
    copySources(builds);
    say(`building ${VERSION} in two folders below ${scratch}`);
    const TARGETS = targets.map(({ name }) => name).join(" ");
    const common = { VERSION, TARGETS, SIGNING_KEY: "", PUBLIC_KEY: "", SIGNED: "" };
    // Nothing of the machine may get in, so the second is built as if on another one.
    const environments = [
      common,
      { ...common, TZ: "Asia/Kathmandu", LC_ALL: "C", USER: "somebody" },
    ];
    const codes = await Promise.all(
      builds.map((cwd, index) =>
        show(["bun", "src/build/release-assets.ts"], cwd, environments[index] ?? common),
      ),
    );
    if (codes.some((code) => code !== 0)) throw new Error("the release could not be built");
    const report = join(scratch, "report.xml");
    await show(
      [
        "bun",
        "test",
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        "test/release/whole.test.ts",
      ],
      places.root,
      { VERSION, TARGETS, STIGMER_TEST_RELEASES: builds.join("\n") },
    );
    const { passed, failed } = readReport(report);
    say(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

/**
 * Their runtimes come before the builds begin, so that these do not fetch the same at once. With `--reachable` those that
 * no registry gives are left out by name: a change can be held to the others. A release is made of all.
 */
async function bringTargets(): Promise<readonly Target[]> {
  const targets = chooseTargets(process.env["TARGETS"]);
  if (process.argv.includes("--reachable")) return reachableTargets(targets, obtain, say);
  for (const target of targets) await obtain(target);
  return targets;
}

async function obtain(target: Target): Promise<void> {
  await obtainRuntime(target, places.runtimes);
}

/** The sources as they are now, committed or not, with what a build needs beside them; no two folders share a file. */
function copySources([first, second]: readonly string[]): void {
  if (first === undefined || second === undefined) throw new Error("unreachable: two are compared");
  git("clone", "--quiet", "--no-local", places.root, first);
  const changed = git("ls-files", "-z", "--modified", "--others", "--exclude-standard");
  for (const path of changed.split("\0").filter(Boolean)) copyOrDelete(path, first);
  copyFolder(join(places.root, "node_modules"), join(first, "node_modules"));
  copyFolder(first, second);
  for (const folder of [first, second]) {
    symlinkSync(join(places.root, ".tools"), join(folder, ".tools"));
  }
}

function copyOrDelete(path: string, folder: string): void {
  const [from, to] = [join(places.root, path), join(folder, path)];
  if (!existsSync(from)) return rmSync(to, { force: true });
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function copyFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

function git(...args: string[]): string {
  const result = Bun.spawnSync(["git", ...args], { cwd: places.root, stderr: "inherit" });
  if (result.success) return result.stdout.toString();
  throw new Error(`git ${args[0]} failed`);
}

/** Runs a command that tells itself how it goes; its exit code. */
async function show(
  command: string[],
  cwd: string,
  environment: Record<string, string>,
): Promise<number> {
  const env = { ...process.env, ...environment };
  return Bun.spawn(command, { cwd, env, stdio: ["ignore", "inherit", "inherit"] }).exited;
}
