import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { readFromTarball } from "../../src/build/release/tarball.ts";
import { chooseTargets } from "../../src/build/release/targets.ts";
import { areHere } from "./on-this-machine.ts";
import { answerOf, runnerOf } from "./release-folder.ts";
import { describeRelease } from "./release.suite.ts";

// `make test-release` builds a release in two folders and says where they are; without it there is nothing to look at.
const [one = "", two = ""] = (process.env["STIGMER_TEST_RELEASES"] ?? "").split("\n");
const version = process.env["VERSION"] ?? "";
const targets = chooseTargets(process.env["TARGETS"]);
const SLOW_MS = 60_000;

const areBuilt = one !== "" && two !== "";
if (!areBuilt) console.warn("skipped: no release was built twice; `make test-release` does");

if (areBuilt)
  describe("a release that was built twice", () => {
    const filesOf = (root: string): string[] =>
      ["release", "npm"].flatMap((kind) =>
        namesIn(join(root, "dist", kind, version)).map((name) => join(kind, version, name)),
      );
    const npmFolder = join(one, "dist/npm", version);

    test("both builds have the same files", () => {
      expect(filesOf(two)).toEqual(filesOf(one));
      expect(filesOf(one).length).toBeGreaterThan(targets.length);
    });

    test.each(filesOf(one))("%s has the same bytes in both", (path) => {
      const [first, second] = [one, two].map((root) =>
        sha256Hex(readFileSync(join(root, "dist", path))),
      );

      expect(second).toBe(first ?? "");
    });

    test("latest leads to it", () => {
      expect(readlinkSync(join(one, "dist/release/latest"))).toBe(version);
    });

    test("there is a package of npm for each target, and one that chooses", () => {
      const number = version.slice(1);
      const names = targets.map(
        ({ npm }) =>
          `stigmer-cli-${npm.os}-${npm.cpu}${npm.libc === "musl" ? "-musl" : ""}-${number}.tgz`,
      );

      expect(namesIn(npmFolder)).toEqual([...names, `stigmer-${number}.tgz`].toSorted());
    });

    test.each(targets.map(({ name, npm }) => [name, npm] as const))(
      "%s is the same program for npm as in the archive",
      async (name, { os, cpu, libc }) => {
        const suffix = libc === "musl" ? "-musl" : "";
        const tarball = join(
          npmFolder,
          `stigmer-cli-${os}-${cpu}${suffix}-${version.slice(1)}.tgz`,
        );
        const archive = join(one, "dist/release", version, `stigmer-${version}-${name}.tar.gz`);

        const [packaged, published] = [
          await readFromTarball(tarball, "package/bin/stigmer"),
          await readFromTarball(archive, "stigmer"),
        ];

        expect(packaged && sha256Hex(packaged)).toBe(sha256Hex(published ?? ""));
      },
      SLOW_MS,
    );

    const here = targets.filter((target) => runnerOf(target)?.length === 0);
    test
      .skipIf(here.length === 0 || !areHere("npm"))
      .each(here.map(({ name, npm }) => [name, npm] as const))(
      "npm installs the very packages without a network, and %s works from them",
      async (name, npm) => {
        const home = mkdtempSync(join(tmpdir(), "stigmer-npm-"));
        const number = version.slice(1);
        const suffix = npm.libc === "musl" ? "-musl" : "";
        const packages = [
          `stigmer-${number}.tgz`,
          `stigmer-cli-${npm.os}-${npm.cpu}${suffix}-${number}.tgz`,
        ];
        const prefix = join(home, "prefix");
        mkdirSync(prefix);
        const environment = {
          npm_config_cache: join(home, "cache"),
          npm_config_userconfig: join(home, "npmrc"),
          npm_config_globalconfig: join(home, "global-npmrc"),
          npm_config_registry: "http://127.0.0.1:9",
          npm_config_update_notifier: "false",
        };
        const files = packages.map((file) => join(npmFolder, file));

        const installed = await answerOf(
          ["npm", "install", "--offline", "--no-audit", "--no-fund", "--prefix", prefix, ...files],
          home,
          environment,
        );
        const command = join(prefix, "node_modules/.bin/stigmer");
        const said =
          installed.status === 0 ? await answerOf([command, "version", "--json"], home) : installed;
        rmSync(home, { recursive: true });

        expect(installed).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(said.stdout)).toMatchObject({ version, target: name });
      },
      SLOW_MS,
    );

    describeRelease({ version, targets, folder: join(one, "dist/release", version) });
  });

function namesIn(folder: string): string[] {
  return readdirSync(folder).toSorted();
}
