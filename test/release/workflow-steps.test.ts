import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createKeyPair, parseSecretKey } from "../../src/build/release/minisign.ts";
import { binary, type Outcome, run, scratchFolder } from "../multicall/compiled.ts";
import { areHere } from "./on-this-machine.ts";
import { readWorkflow, scriptOf } from "./workflow.ts";

const release = readWorkflow(".github/workflows/release.yml");
/** What GitHub's machines have and these steps need. */
const canPlay = areHere("bash", "diff", "git", "grep", "sort", "stat", "tar", "gzip");
const testStep = test.skipIf(!canPlay);

describe("the version", () => {
  testStep.each([
    ["v1.2.3", "false"],
    ["v10.0.0", "false"],
    ["v1.2.3-rc.1", "true"],
  ])("%s is one; a pre-release: %s", async (version, prerelease) => {
    using stage = openStage();

    const { status } = await stage.play("Read the version", { VERSION: version });

    expect(status).toBe(0);
    expect(stage.outputs()).toBe(`version=${version}\nprerelease=${prerelease}\n`);
  });

  testStep.each(["1.2.3", "v1.2", "v1.2.3 ", "v1.2.3\nv1.2.4", "v1.2.3;id", "main", ""])(
    "%p is none, and nothing goes on with it",
    async (version) => {
      using stage = openStage();

      const { status, stdout } = await stage.play("Read the version", { VERSION: version });

      expect(status).toBe(1);
      expect(stdout).toContain("is not a version: write it like v1.2.3");
      expect(stage.outputs()).toBe("");
    },
  );
});

describe("the tag", () => {
  testStep("of another commit is refused, that of this one is not", async () => {
    using stage = openStage();
    const commit = async (): Promise<string> => {
      await stage.git("commit", "--quiet", "--allow-empty", "--message", "a change");
      return (await stage.git("rev-parse", "HEAD")).stdout.trim();
    };
    await stage.git("init", "--quiet");
    const first = await commit();
    await stage.git("tag", "--annotate", "--message", "first", "v1.0.0");
    const second = await commit();

    const outcomes = [];
    for (const [version, sha] of [
      ["v1.0.0", first],
      ["v1.0.0", second],
      ["v1.0.1", second],
    ] as const) {
      const play = { VERSION: version, GITHUB_SHA: sha };
      outcomes.push((await stage.play("Refuse a tag that is another commit", play)).status);
    }

    expect(outcomes).toEqual([0, 1, 0]);
  });
});

testStep.each([
  ["v1.2.1", "true", "latest"],
  ["v1.10.0", "true", "latest"],
  ["v1.1.9", "false", "release-1.1"],
  ["v1.3.0-rc.1", "false", "next"],
  ["v1.1.9-rc.1", "false", "release-1.1"],
])("beside v1.2.0 and older ones, %s is the latest: %s, and npm's tag %s", async (...row) => {
  const [version, latest, tag] = row;
  using stage = openStage();
  await stage.git("init", "--quiet");
  await stage.git("commit", "--quiet", "--allow-empty", "--message", "a change");
  for (const name of ["v1.0.0", "v1.1.8", "v1.2.0", "v2.0.0-rc.1", "v1", "nightly", version]) {
    await stage.git("tag", name);
  }

  const { status } = await stage.play("Compare it with the newest release", { VERSION: version });

  expect(status).toBe(0);
  expect(stage.outputs()).toBe(`latest=${latest}\nnpm-tag=${tag}\n`);
});

describe("the step that builds and signs", () => {
  const step = "Build";
  const settings = { VERSION: "v1.0.0", SIGNED: "" };

  testStep(
    "gets the key as a file that only it can read, and that is gone afterwards",
    async () => {
      using stage = openStage();
      stage.program(
        "make",
        'echo "$@" >>calls; stat -c %a "$RUNNER_TEMP/release.key" >>calls; env >>calls',
      );

      const { status } = await stage.play(step, { ...settings, SIGNING_KEY_TEXT: "secret" });

      expect(status).toBe(0);
      expect(stage.calls()[0]).toMatch(/^release-assets VERSION=v1\.0\.0 .*SIGNING_KEY=\/.*\.key/);
      expect(stage.calls()[1]).toBe("600");
      expect(stage.calls().join("\n")).not.toContain("secret");
      expect(existsSync(join(stage.path, "release.key"))).toBe(false);
    },
  );

  testStep("gets a key that signs", async () => {
    using stage = openStage();
    const { secretFile, key } = createKeyPair();
    stage.program("make", 'cp "$RUNNER_TEMP/release.key" made.key');

    await stage.play(step, { ...settings, SIGNING_KEY_TEXT: secretFile.trim() });

    const path = join(stage.path, "made.key");
    expect(parseSecretKey(readFileSync(path, "utf8"), path).publicKey).toBe(key.publicKey);
  });

  testStep("does not begin without a key", async () => {
    using stage = openStage();
    stage.program("make", 'echo "$@" >>calls');

    const { status, stdout } = await stage.play(step, { ...settings, SIGNING_KEY_TEXT: "" });

    expect({ status, calls: stage.calls() }).toEqual({ status: 1, calls: [] });
    expect(stdout).toContain('the environment "release" has no SIGNING_KEY');
  });
});

describe("a release page", () => {
  const draft = "Draft the release with all its files";
  const publish = "Publish it once all of them are there";
  const settings = { VERSION: "v1.0.0", PRERELEASE: "false", LATEST: "false", GITHUB_SHA: "abc" };
  const created =
    "release create v1.0.0 --draft --prerelease=false --target abc --title v1.0.0 --notes-file notes.md";
  const uploaded = "release upload v1.0.0 release/a release/b";

  testStep.each([
    ["not there yet", "exit 1", [created, uploaded]],
    ["a draft that was left", "echo true", ["release delete v1.0.0 --yes", created, uploaded]],
  ])("that is %s is drafted with every file", async (_, view, calls) => {
    using stage = openStage();
    stage.releaseFiles({ a: "1", b: "22" });
    stage.program("gh", `case $2 in view) ${view} ;; *) echo "$@" >>calls ;; esac`);

    const { status } = await stage.play(draft, settings);

    expect({ status, calls: stage.calls() }).toEqual({ status: 0, calls });
  });

  testStep("that is published is left alone", async () => {
    using stage = openStage();
    stage.releaseFiles({ a: "1" });
    stage.program("gh", 'case $2 in view) echo false ;; *) echo "$@" >>calls ;; esac');

    const { status, stdout } = await stage.play(draft, settings);

    expect({ status, calls: stage.calls() }).toEqual({ status: 1, calls: [] });
    expect(stdout).toContain("v1.0.0 is published, and what is published never changes");
  });

  testStep.each([
    ["all files", "1 a\\n2 b", 0, ["release edit v1.0.0 --draft=false --latest=false"]],
    ["one too few", "1 a", 1, []],
    ["one that is cut short", "1 a\\n1 b", 1, []],
  ])("with %s: published or not", async (_, there, status, calls) => {
    using stage = openStage();
    stage.releaseFiles({ a: "1", b: "22" });
    stage.program("gh", `case $2 in view) printf '${there}\\n' ;; *) echo "$@" >>calls ;; esac`);

    const outcome = await stage.play(publish, settings);

    expect({ status: outcome.status, calls: stage.calls() }).toEqual({ status, calls });
  });
});

testStep("npm gets the packages of platforms first, and none that it has already", async () => {
  using stage = openStage();
  for (const name of ["@stigmer/cli-linux-x64", "@stigmer/cli-darwin-arm64", "stigmer"]) {
    await stage.npmPackage(name);
  }
  stage.program(
    "npm",
    'case $1 in view) [ "$2" = @stigmer/cli-linux-x64@1.0.0 ] ;; *) echo "$@" >>calls ;; esac',
  );
  stage.program("jq", `exec "${binary}" jq "$@"`);

  const { status } = await stage.play("Publish each platform, then the package that names them", {
    TAG: "next",
  });

  expect({ status, calls: stage.calls() }).toEqual({
    status: 0,
    calls: [
      "publish ./npm/stigmer-cli-darwin-arm64-1.0.0.tgz --access public --provenance --tag next",
      "publish ./npm/stigmer-1.0.0.tgz --access public --provenance --tag next",
    ],
  });
});

testStep("the tap gets the formula once", async () => {
  using stage = openStage();
  stage.releaseFiles({ "stigmer.rb": "class Stigmer < Formula\nend\n" });
  await stage.git("init", "--quiet", "--bare", "--initial-branch=main", "origin");
  await stage.git("clone", "--quiet", "origin", "tap");

  const first = await stage.play("Push the formula", { VERSION: "v1.0.0" });
  const again = await stage.play("Push the formula", { VERSION: "v1.0.0" });

  expect([first.status, again.status]).toEqual([0, 0]);
  expect(again.stdout).toContain("the tap has this formula already");
  const { stdout } = await stage.git("-C", "origin", "log", "--format=%an: %s", "main");
  expect(stdout).toBe("github-actions[bot]: stigmer v1.0.0\n");
  const formula = await stage.git("-C", "origin", "show", "main:Formula/stigmer.rb");
  expect(formula.stdout).toStartWith("class Stigmer < Formula");
});

interface Stage {
  readonly path: string;
  /** Puts a program of that name before every other. */
  program(name: string, script: string): void;
  /** What such programs wrote down, a line each. */
  calls(): string[];
  outputs(): string;
  releaseFiles(files: Readonly<Record<string, string>>): void;
  npmPackage(name: string): Promise<void>;
  git(...words: string[]): Promise<Outcome>;
  /** Runs the script of a step as GitHub does. */
  play(step: string, environment: Record<string, string>): Promise<Outcome>;
  [Symbol.dispose](): void;
}

function openStage(): Stage {
  const folder = scratchFolder();
  const { path } = folder;
  const programs = join(path, "programs");
  const outputs = join(path, "outputs");
  mkdirSync(programs);
  writeFileSync(outputs, "");
  const identity = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b.example" };
  const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b.example" };
  return {
    path,
    program(name, script) {
      writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(programs, name), 0o755);
    },
    calls: () => (existsSync(join(path, "calls")) ? linesOf(join(path, "calls")) : []),
    outputs: () => readFileSync(outputs, "utf8"),
    releaseFiles(files) {
      mkdirSync(join(path, "release"));
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(path, "release", name), content);
      }
    },
    async npmPackage(name) {
      mkdirSync(join(path, "npm"), { recursive: true });
      const file = join(path, "npm", `${name.replace("@", "").replace("/", "-")}-1.0.0.tgz`);
      const manifest = JSON.stringify({ name, version: "1.0.0" });
      await Bun.Archive.write(file, { "package/package.json": manifest }, { compress: "gzip" });
    },
    git: (...words) =>
      run(["git", ...words], { home: path, environment: { ...identity, ...committer } }),
    play(step, environment) {
      const command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];
      return run([...command, scriptOf(release, step)], {
        home: path,
        environment: {
          PATH: `${programs}:${process.env["PATH"]}`,
          GITHUB_OUTPUT: outputs,
          RUNNER_TEMP: path,
          ...environment,
        },
      });
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").trimEnd().split("\n");
}
