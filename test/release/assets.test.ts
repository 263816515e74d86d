import { expect, test } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

import { places } from "../../src/build/places.ts";
import { hostTarget } from "../../src/build/release/runtimes.ts";
import { readFromTarball } from "../../src/build/release/tarball.ts";
import { releases } from "../multicall/compiled.ts";
import { describeRelease } from "./release.suite.ts";

const root = join(places.root, "dist/test/release");
const { version, binary, runner } = releases.old;
const target = hostTarget();
const folder = join(root, version);

describeRelease({ version, folder, targets: [target] });

test("the files of the tests are those of their release", async () => {
  const archive = join(folder, `stigmer-${version}-${target.name}.tar.gz`);
  const published = await readFromTarball(archive, "stigmer");

  expect(readFileSync(binary).equals(Buffer.from(published ?? []))).toBe(true);
  expect(
    readFileSync(runner).equals(
      readFileSync(join(folder, `agent-runner-${version}-${target.name}`)),
    ),
  ).toBe(true);
});

test("latest leads to the newest, wherever the folder is moved", () => {
  expect(readlinkSync(join(root, "latest"))).toBe(releases.new.version);
});
