import { expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseSecretKey } from "../../src/build/release/minisign.ts";
import { targets } from "../../src/build/release/targets.ts";
import { releases, run, scratchFolder } from "../multicall/compiled.ts";
import { areHere } from "./on-this-machine.ts";
import { readWorkflow, root, stepsOf } from "./workflow.ts";

const version = releases.old.version;
const published = join(root, "dist/test/release", version);
const section =
  /## Install\n(.*?)\n## /s.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
const [quick = "", byHand = ""] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(
  ([, code]) => code,
);
const canInstall = areHere("bash", "tar", "gzip", "sed", "grep");
const canVerify = areHere("curl", "minisign", "sha256sum");
const hostTarget =
  targets.find(({ name }) => existsSync(join(published, archiveOf(name))))?.name ?? "";

test.skipIf(!canInstall)("its line for the script installs what the release holds", async () => {
  using folder = scratchFolder();
  const [line = ""] = quick.split("\n");
  const url = /https:\S+/.exec(line)?.[0] ?? "";
  // The address leads nowhere before a release is published; what is at its end is what was built.
  fakeProgram(folder.path, "curl", `[ "$2" = ${url} ] && cat "${join(published, "install.sh")}"`);

  const outcome = await play(line, folder.path, {
    STIGMER_DOWNLOAD_BASE_URL: `file://${join(root, "dist/test/release")}`,
  });

  expect(outcome).toMatchObject({ status: 0 });
  expect(await versionIn(folder.path)).toBe(version);
  expect(readFileSync(join(published, "install.sh"), "utf8")).toContain(
    url.replace("/latest/download/install.sh", ""),
  );
});

test.skipIf(!canInstall || !canVerify)(
  "its way by hand verifies the list and the archive, and installs",
  async () => {
    using folder = scratchFolder();

    const outcome = await play(fromFolder(byHand, folder.path), folder.path);

    expect(outcome).toMatchObject({ status: 0 });
    expect(outcome.stdout).toContain(`Trusted comment: stigmer ${version} `);
    expect(outcome.stdout).toContain(`${archiveOf(hostTarget)}: OK`);
    expect(await versionIn(folder.path)).toBe(version);
  },
);

test.skipIf(!canInstall).each([
  ["an archive that is another", "true"],
  ["a list that somebody else signed", "false"],
])("its way by hand stops at %s", async (_, minisign) => {
  using folder = scratchFolder();
  const files = join(folder.path, "releases", version);
  mkdirSync(files, { recursive: true });
  for (const name of ["checksums.txt", "checksums.txt.minisig"]) {
    copyFileSync(join(published, name), join(files, name));
  }
  const archive = archiveOf(hostTarget);
  if (minisign === "true") writeFileSync(join(files, archive), "something else");
  else copyFileSync(join(published, archive), join(files, archive));
  fakeProgram(folder.path, "minisign", minisign);

  const outcome = await play(
    fromFolder(byHand, folder.path, join(folder.path, "releases")),
    folder.path,
  );

  expect(outcome.status).not.toBe(0);
  expect(existsSync(join(folder.path, ".local/bin/stigmer"))).toBe(false);
});

test("it names each setting with which the published bytes are built again, and make reads them", () => {
  const makefile = readFileSync(join(root, "Makefile"), "utf8");
  const settings = [...section.matchAll(/`([A-Z_]+)=/g)].map(([, name = ""]) => name);

  expect(settings).toEqual(["PUBLIC_KEY", "SIGNED"]);
  for (const name of settings)
    expect(makefile).toMatch(new RegExp(`^release-assets:.*${name}=`, "m"));
});

test("every target that is built is named, and no other", () => {
  const named = byHand.match(/\b(?:linux|darwin)-(?:amd64|arm64)(?:-musl)?\b/g) ?? [];

  expect(named.toSorted()).toEqual(targets.map(({ name }) => name).toSorted());
});

test("the tap and the package are those that a release is pushed to", () => {
  const tap = stepsOf(readWorkflow(".github/workflows/release.yml")).find(
    (step) => step.with["path"] === "tap",
  );

  expect(quick).toContain("brew install stigmer/tap/stigmer\n");
  expect(tap?.with["repository"]).toBe("stigmer/homebrew-tap");
  expect(quick).toContain("npm install -g stigmer\n");
});

test("each command of stigmer and of make that it names is there", async () => {
  using folder = scratchFolder();
  const makefile = readFileSync(join(root, "Makefile"), "utf8");
  const commands = section.match(/`stigmer [a-z][a-z -]*`/g) ?? [];

  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) {
    const words = command.slice(1, -1).split(" ").slice(1);
    const [name = "", ...flags] = words;
    const { stdout, status } = await run([releases.old.binary, name, "--help"], {
      home: folder.path,
    });
    expect({ command, status }).toEqual({ command, status: 0 });
    for (const flag of flags) expect(stdout).toContain(` ${flag} `);
  }
  for (const [, target = ""] of section.matchAll(/`make ([a-z-]+)/g)) {
    expect(makefile).toContain(`\n${target}:`);
  }
});

test("its help for the script is there", async () => {
  using folder = scratchFolder();
  const script = Bun.file(join(published, "install.sh"));

  const child = Bun.spawn(["sh", "-s", "--", "--help"], { cwd: folder.path, stdin: script });

  expect(section).toContain("`sh -s -- --help`");
  expect(await child.stdout.text()).toContain("STIGMER_INSTALL_DIR");
});

/** The block with the release and the repository that were made for the tests in the place of the published ones. */
function fromFolder(
  block: string,
  home: string,
  releasesFolder = join(root, "dist/test/release"),
): string {
  const embed = join(home, "repository", version, "embed");
  mkdirSync(embed, { recursive: true });
  writeFileSync(join(embed, "release-key.pub"), `untrusted comment: a\n${practiceKey()}\n`);
  return block
    .replace("version=v1.0.0 target=linux-amd64", `version=${version} target=${hostTarget}`)
    .replace("https://github.com/stigmer/stigmer/releases/download", `file://${releasesFolder}`)
    .replace("https://raw.githubusercontent.com/stigmer/stigmer", `file://${home}/repository`);
}

function play(
  script: string,
  home: string,
  environment: Record<string, string> = {},
): ReturnType<typeof run> {
  const path = `${join(home, "programs")}:${process.env["PATH"]}`;
  // Without -e: what a person pastes goes on after a command that failed.
  return run(["bash", "-c", script], {
    home,
    environment: { PATH: path, ...environment },
  });
}

async function versionIn(home: string): Promise<unknown> {
  const { stdout } = await run([join(home, ".local/bin/stigmer"), "version", "--json"], { home });
  return JSON.parse(stdout).version;
}

function fakeProgram(home: string, name: string, code: string): void {
  mkdirSync(join(home, "programs"), { recursive: true });
  writeFileSync(join(home, "programs", name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
}

function practiceKey(): string {
  const path = join(root, "src/build/release/practice.key");
  return parseSecretKey(readFileSync(path, "utf8"), path).publicKey;
}

function archiveOf(target: string): string {
  return `stigmer-${version}-${target}.tar.gz`;
}
