import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { pathsOf } from "../base/paths.ts";
import { sha256Hex } from "../base/sha256.ts";
import { bringRunner, readBrought } from "./bring-runner.ts";
import { ensureRunner } from "./ensure-runner.ts";
import { exportRunner } from "./export-runner.ts";
import { installedFolders } from "./layout.ts";
import { pruneRunners } from "./prune-runners.ts";
import type { RunnerBuild } from "./runner-file.ts";

let paths = pathsOf("/nowhere");
beforeEach(() => {
  paths = pathsOf(mkdtempSync(join(tmpdir(), "stigmer-keep-")));
});
afterEach(() => rmSync(paths.home, { recursive: true }));

function buildOf(version: string): RunnerBuild {
  const text = `console.log("agent-runner ${version}");`;
  const file = join(paths.home, `embedded-${version}.js`);
  writeFileSync(file, text);
  const embedded = { file, sha256: sha256Hex(text), size: Buffer.byteLength(text) };
  return { version, target: "linux-amd64", embedded };
}
const installed = () =>
  installedFolders(paths)
    .map((name) => name.slice(17))
    .toSorted();

/** A process that uses a version, and goes on until it is killed. */
async function userOf(version: string): Promise<Bun.Subprocess<"ignore", "pipe">> {
  const build = JSON.stringify(buildOf(version));
  const source = `
    import { pathsOf } from ${JSON.stringify(join(import.meta.dir, "../base/paths.ts"))};
    import { ensureRunner } from ${JSON.stringify(join(import.meta.dir, "ensure-runner.ts"))};
    await ensureRunner(pathsOf(${JSON.stringify(paths.home)}), { build: ${build} });
    console.log("used"); setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", source], { stdin: "ignore", stdout: "pipe" });
  for await (const chunk of child.stdout) if (chunk.length > 0) break;
  return child;
}

test("an upgrade leaves alone what a live process uses, and cleans up once it is gone", async () => {
  const user = await userOf("v1");
  for (const version of ["v2", "v3", "v4"]) await ensureRunner(paths, { build: buildOf(version) });

  await pruneRunners(paths);
  expect(installed()).toEqual(["v1", "v3", "v4"]);

  user.kill("SIGKILL");
  await user.exited;
  await pruneRunners(paths);
  expect(installed()).toEqual(["v3", "v4"]);
});

test("a note of use that cannot be read keeps every runner", async () => {
  for (const version of ["v1", "v2", "v3"]) await ensureRunner(paths, { build: buildOf(version) });
  writeFileSync(join(paths.runners, ".refs/1.json"), "");

  await pruneRunners(paths);

  expect(installed()).toEqual(["v1", "v2", "v3"]);
});

test("only names of our own pattern are removed, with the litter of the dead", async () => {
  await ensureRunner(paths, { build: buildOf("v1") });
  for (const name of ["mine", ".tmp-1-dead", ...Array.from({ length: 5 }, (_, n) => `.bad-${n}`)]) {
    mkdirSync(join(paths.runners, name));
  }

  const removed = await pruneRunners(paths);

  expect(removed).toEqual([".bad-0", ".bad-1", ".tmp-1-dead"]);
  expect(existsSync(join(paths.runners, "mine"))).toBe(true);
});

const damagedBuild = () => {
  const build = buildOf("v1");
  const good = readFileSync(build.embedded.file);
  writeFileSync(build.embedded.file, "damaged on the way");
  return { build, good };
};

test("where the binary is damaged, the copy that STIGMER_RUNNER_BUNDLE names is taken", async () => {
  const { build, good } = damagedBuild();
  const bundle = join(paths.home, "bundle");
  writeFileSync(bundle, good);
  const said: string[] = [];

  const runner = await ensureRunner(paths, {
    build,
    environment: { STIGMER_RUNNER_BUNDLE: bundle },
    onProgress: (message) => said.push(message),
  });

  expect(runner.source).toBe("bundle");
  expect(said[0]).toBe(`embedded: the binary ${process.execPath} is damaged`);
});

test("a bad bundle is named and the cache comes next", async () => {
  const { build, good } = damagedBuild();
  const bundle = join(paths.home, "bundle");
  writeFileSync(bundle, "not it");
  mkdirSync(paths.downloads, { recursive: true });
  writeFileSync(join(paths.downloads, build.embedded.sha256), good);
  const said: string[] = [];

  const runner = await ensureRunner(paths, {
    build,
    environment: { STIGMER_RUNNER_BUNDLE: bundle },
    onProgress: (message) => said.push(message),
  });

  expect(runner.source).toBe("cache");
  expect(said[1]).toStartWith("bundle: has SHA-256 ");
});

test("a runner travels by file to a machine where it is missing", async () => {
  const { build, good } = damagedBuild();
  const file = join(paths.home, "travel");
  writeFileSync(file, good);

  const runner = await bringRunner(paths, await readBrought(paths, file, { build }), { build });

  expect(runner.source).toBe("file");
  expect(readFileSync(runner.path)).toEqual(good);
  const copy = join(paths.home, "out/agent-runner");
  await exportRunner(runner, copy);
  expect(readFileSync(copy)).toEqual(good);
  expect(statSync(copy).mode & 0o777).toBe(0o755);
  expect(readdirSync(dirname(copy))).toEqual(["agent-runner"]);
});

test("a file that the build does not know needs its digest said, and then it is a choice", async () => {
  const build = buildOf("v1");
  const bytes = Buffer.from('console.log("agent-runner v1-mine");');

  const refused = bringRunner(paths, bytes, { build });
  expect(refused).rejects.toMatchObject({ code: "checksum_mismatch" });
  await refused.catch(() => {});
  const runner = await bringRunner(paths, bytes, { build, allowedSha256: sha256Hex(bytes) });

  expect(runner).toMatchObject({ version: "v1-mine", source: "file" });
  expect((await ensureRunner(paths, { build })).version).toBe("v1-mine");
});

test("a file that is no agent-runner is refused even with its digest", async () => {
  const bytes = Buffer.from('console.log("hello");');
  const options = { build: buildOf("v1"), allowedSha256: sha256Hex(bytes) };

  const refused = bringRunner(paths, bytes, options);

  expect(refused).rejects.toThrow('is no agent-runner: --version exited with 0 and said "hello"');
  await refused.catch(() => {});
  expect(installed()).toEqual([]);
});

test("a missing file is a sentence", async () => {
  symlinkSync("nowhere", join(paths.home, "dangling"));

  const failing = readBrought(paths, join(paths.home, "dangling"), { build: buildOf("v1") });

  expect(failing).rejects.toThrow("cannot be read");
  await failing.catch(() => {});
});

test("from an address only the file that the build knows is taken", async () => {
  const { build, good } = damagedBuild();
  const file = join(paths.home, "travel");
  writeFileSync(file, good);
  writeFileSync(join(paths.home, "other"), "other bytes");

  const bytes = await readBrought(paths, `file://${file}`, { build });
  rmSync(paths.downloads, { recursive: true });
  const refused = readBrought(paths, `file://${join(paths.home, "other")}`, { build });

  expect(Buffer.from(bytes)).toEqual(good);
  expect(refused).rejects.toThrow();
  await refused.catch(() => {});
});
