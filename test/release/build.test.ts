import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { bundleRunner } from "../../src/build/bundle-runner.ts";
import { compileBinary } from "../../src/build/compile-binary.ts";
import { places } from "../../src/build/places.ts";
import { hostTarget, obtainRuntime } from "../../src/build/release/runtimes.ts";
import { binary, releases, run, scratchFolder } from "../multicall/compiled.ts";

const { root } = places;
const SLOW_MS = 60_000;

test("what is built names no folder of the machine that built it", () => {
  for (const file of [join(root, "dist/agent-runner"), binary, releases.old.runner]) {
    expect(readFileSync(file).indexOf(root)).toBe(-1);
  }
});

test("the same sources give the same bundle, wherever it is written", async () => {
  using folder = scratchFolder();
  const entry = places.runnerEntry;
  const digests: string[] = [];

  for (const name of ["one", "other/place"]) {
    const outfile = join(folder.path, name);
    await bundleRunner({ entry, outfile, version: "v1.2.3" });
    digests.push(sha256Hex(readFileSync(outfile)));
  }

  expect(digests[0]).toBe(digests[1] ?? "");
});

test(
  "the same sources give the same program, wherever it and its agent-runner are written",
  async () => {
    using folder = scratchFolder();
    const target = hostTarget();
    const runtime = await obtainRuntime(target, places.runtimes);
    const digests: string[] = [];

    for (const name of ["one", "other/place"]) {
      const [runner, outfile] = [
        join(folder.path, name, "runner"),
        join(folder.path, name, "stigmer"),
      ];
      mkdirSync(join(folder.path, name), { recursive: true });
      copyFileSync(releases.old.runner, runner);
      const facts = { version: "v1.2.3", commit: "0123456789ab", time: "2026-01-01T00:00:00.000Z" };
      const release = { target, runtime, releaseKey: "" };
      await compileBinary({ facts, entry: places.entry, runner, outfile, release });
      digests.push(sha256Hex(readFileSync(outfile)));
    }

    expect(digests[0]).toBe(digests[1] ?? "");
  },
  SLOW_MS,
);

test("the bundle runs by itself wherever stigmer is on the PATH", async () => {
  using folder = scratchFolder();
  const environment = { PATH: `${join(releases.old.binary, "..")}:${process.env["PATH"]}` };

  const answer = await run([releases.old.runner, "--version"], { home: folder.path, environment });

  expect(answer).toEqual({
    status: 0,
    signal: null,
    stdout: `agent-runner ${releases.old.version}\n`,
    stderr: "",
  });
});

test("a release says its version, commit and time", async () => {
  using folder = scratchFolder();

  const { stdout } = await run([releases.old.binary, "version", "--json"], { home: folder.path });

  expect(JSON.parse(stdout)).toMatchObject({
    version: releases.old.version,
    commit: expect.stringMatching(/^[0-9a-f]{12}(-changed)?$|^unknown$/),
  });
});
