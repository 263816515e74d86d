import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { bundleRunner } from "../../src/build/bundle-runner.ts";
import { binary, releases, run, scratchFolder } from "../multicall/compiled.ts";

const root = resolve(import.meta.dir, "../..");

test("what is built names no folder of the machine that built it", () => {
  for (const file of [join(root, "dist/agent-runner"), binary, releases.old.runner]) {
    expect(readFileSync(file).indexOf(root)).toBe(-1);
  }
});

test("the same sources give the same bundle, wherever it is written", async () => {
  using folder = scratchFolder();
  const entry = join(root, "src/agent-runner/main.ts");
  const digests: string[] = [];

  for (const name of ["one", "other/place"]) {
    const outfile = join(folder.path, name);
    await bundleRunner({ entry, outfile, version: "v1.2.3" });
    digests.push(sha256Hex(readFileSync(outfile)));
  }

  expect(digests[0]).toBe(digests[1] ?? "");
});

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
