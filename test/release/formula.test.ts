import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { renderFormula } from "../../src/build/release/formula.ts";
import { targets } from "../../src/build/release/targets.ts";
import { releases, run, scratchFolder } from "../multicall/compiled.ts";
import { areHere } from "./on-this-machine.ts";

const version = "v9.9.1";
/** A different digest for every target, so that a mixed-up one shows. */
const digests = new Map(
  targets.map(({ name }, at) => [`stigmer-${version}-${name}.tar.gz`, `${at}`.repeat(64)]),
);
const systems = [
  ["macos", "arm", "darwin-arm64"],
  ["macos", "intel", "darwin-amd64"],
  ["linux", "arm", "linux-arm64"],
  ["linux", "intel", "linux-amd64"],
] as const;
const hasRuby = areHere("ruby");
const builtReleases = resolve(import.meta.dir, "../../dist/test/release");
const brew = join(import.meta.dir, "formula/brew.rb");

test.each(systems)("on %s with %s it downloads %s", (system, cpu, target) => {
  const blocks = blocksOf(renderFormula({ version, digests }));

  const asset = `stigmer-${version}-${target}.tar.gz`;
  expect(blocks.get(`on_${system} on_${cpu}`)).toEqual({
    url: `https://github.com/stigmer/stigmer/releases/download/${version}/${asset}`,
    sha256: digests.get(asset) ?? "",
  });
});

test("a target that was not built is left out, and its empty block too", () => {
  const some = new Map([...digests].filter(([asset]) => asset.includes("-linux-arm64.")));

  const formula = renderFormula({ version, digests: some });

  expect([...blocksOf(formula).keys()]).toEqual(["on_linux on_arm"]);
  expect(formula).not.toContain("on_macos");
});

test("a release without an archive for Homebrew has no formula", () => {
  const musl = new Map([...digests].filter(([asset]) => asset.includes("-musl.")));

  expect(() => renderFormula({ version, digests: musl })).toThrow(
    "no archive of v9.9.1 is one that Homebrew can install",
  );
});

test("the formula of a release has the digest of the archive beside it", () => {
  const folder = join(builtReleases, version);
  const [archive] = [...blocksOf(readFileSync(join(folder, "stigmer.rb"), "utf8")).values()];

  const bytes = readFileSync(join(folder, basename(archive?.url ?? "")));

  expect(archive?.sha256).toBe(sha256Hex(bytes));
});

test("each name is a link to the file, and the service is one of them", () => {
  const lines = blocksIn(renderFormula({ version, digests }));
  const links = (lines.get("def install") ?? []).flatMap((line) => {
    const [, file, link] = /^bin\.install_symlink "(.*)" => "(.*)"$/.exec(line) ?? [];
    return file === undefined ? [] : [[file, link]];
  });
  const service = new Map(
    (lines.get("service") ?? []).map((line) => [
      line.slice(0, line.indexOf(" ")),
      line.slice(line.indexOf(" ") + 1),
    ]),
  );

  expect(lines.get("def install")).toContain('bin.install "stigmer"');
  expect(links).toEqual([
    ["stigmer", "stigmer-server"],
    ["stigmer", "stigmer-workflow-runner"],
    ["stigmer", "stigmer-agent-runner"],
  ]);
  const [, started] = /^\[opt_bin\/"(.*)"\]$/.exec(service.get("run") ?? "") ?? [];
  expect(links.map(([, link]) => link)).toContain(started ?? "");
  expect(service.get("keep_alive")).toBe("true");
  for (const name of ["log_path", "error_log_path"]) {
    expect(service.get(name)).toMatch(/^var\/"log\/.+"$/);
  }
});

describe.skipIf(!hasRuby)("where ruby is", () => {
  test("it is Ruby without a warning", async () => {
    using folder = scratchFolder();
    const file = writeFormula(folder.path);

    const { stdout, stderr } = await run(["ruby", "-wc", file], { home: folder.path });

    expect({ stdout, stderr }).toEqual({ stdout: "Syntax OK\n", stderr: "" });
  });

  test.each(systems)("evaluated on %s with %s it is %s", async (system, cpu, target) => {
    using folder = scratchFolder();
    const file = writeFormula(folder.path);

    const { stdout } = await run(["ruby", brew, file, system, cpu], { home: folder.path });

    expect(JSON.parse(stdout)).toEqual({
      desc: "AI agents and durable workflows from one file",
      homepage: "https://github.com/stigmer/stigmer",
      version: "9.9.1",
      license: "Apache-2.0",
      url: expect.stringMatching(
        new RegExp(`/${version}/stigmer-${version}-${target}\\.tar\\.gz$`),
      ),
      sha256: digests.get(`stigmer-${version}-${target}.tar.gz`),
      service: {
        run: ["/prefix/opt/stigmer/bin/stigmer-server"],
        keep_alive: true,
        working_dir: "/prefix/var",
        environment_variables: { PATH: "/prefix/bin:/usr/bin" },
        log_path: "/prefix/var/log/stigmer.log",
        error_log_path: "/prefix/var/log/stigmer.log",
      },
    });
  });

  test("it installs the compiled file with its names, completions and marker, and its own test passes", async () => {
    using folder = scratchFolder();
    const prefix = join(folder.path, "prefix");
    const unpacked = join(folder.path, "unpacked");
    mkdirSync(unpacked);
    await Bun.write(join(unpacked, "stigmer"), Bun.file(releases.old.binary));
    await run(["chmod", "755", join(unpacked, "stigmer")], { home: folder.path });

    const command = ["ruby", brew, writeFormula(folder.path), "linux", "intel", unpacked, prefix];
    const { status, stderr } = await run(command, { home: folder.path });

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(join(prefix, "bin")).toSorted()).toEqual([
      "stigmer",
      "stigmer-agent-runner",
      "stigmer-server",
      "stigmer-workflow-runner",
    ]);
    expect(readlinkSync(join(prefix, "bin/stigmer-server"))).toBe("stigmer");
    expect(readFileSync(join(prefix, "share/stigmer/managed-by"), "utf8")).toBe(
      "brew upgrade stigmer\n",
    );
    for (const script of ["etc/bash_completion.d/stigmer", "share/zsh/site-functions/_stigmer"]) {
      expect(readFileSync(join(prefix, script), "utf8")).toContain("stigmer");
    }
    const upgrade = await run([join(prefix, "bin/stigmer"), "upgrade"], {
      home: folder.path,
      environment: { STIGMER_DOWNLOAD_BASE_URL: `file://${builtReleases}` },
    });
    expect(upgrade.status).toBe(4);
    expect(upgrade.stderr).toContain("brew upgrade stigmer");
  });
});

function writeFormula(folder: string): string {
  const file = join(folder, "stigmer.rb");
  writeFileSync(file, renderFormula({ version, digests }));
  return file;
}

interface Archive {
  readonly url: string;
  readonly sha256: string;
}

/** The archives of a formula, each by the blocks around it. */
function blocksOf(formula: string): Map<string, Archive> {
  const archives = new Map<string, Archive>();
  const open: string[] = [];
  let url = "";
  for (const line of formula.split("\n").map((text) => text.trim())) {
    const [, key, value = ""] = /^(url|sha256) "(.*)"$/.exec(line) ?? [];
    if (key === "url") url = value;
    if (key === "sha256") archives.set(open.slice(1).join(" "), { url, sha256: value });
    if (/^(?:class|def) | do$/.test(line)) open.push(line.replace(/ do$/, ""));
    if (line === "end") open.pop();
  }
  return archives;
}

/** What stands in each block of a formula, without what is in blocks inside; each block must end. */
function blocksIn(formula: string): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  const open: string[] = [];
  for (const line of formula.split("\n").map((text) => text.trim())) {
    if (/^(?:class|def) | do$/.test(line)) {
      open.push(line.replace(/ do$/, ""));
      blocks.set(open.at(-1) ?? "", []);
    } else if (line === "end") {
      if (open.pop() === undefined) throw new Error("an end ends nothing");
    } else if (line !== "") blocks.get(open.at(-1) ?? "")?.push(line);
  }
  if (open.length > 0) throw new Error(`${open.join(", ")} does not end`);
  return blocks;
}
