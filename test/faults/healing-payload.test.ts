import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { type Outcome, releases } from "../multicall/compiled.ts";
import { damagedBinary } from "./damaged-binary.ts";
import { releaseFiles } from "./release-files.ts";
import { startReleaseServer } from "./release-server.ts";
import { type Ground, ground } from "./started-server.ts";

const SLOW_MS = 120_000;
const { version, runner } = releases.old;
const good = readFileSync(runner);
const digest = sha256Hex(good);
const asset = `agent-runner-${version}-${target}`;
const binary = damagedBinary();

/** As long as the right one, so that its size alone does not give it away. */
const padded = (begin: string | Buffer, filler = "\0"): Buffer =>
  Buffer.concat([Buffer.from(begin), Buffer.alloc(good.length, filler)]).subarray(0, good.length);
const elf = (machine: number): Buffer => {
  const head = Buffer.alloc(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(machine, 18);
  return padded(head);
};
const macho = Buffer.from("cffaedfe0c00000100000000", "hex");

/** What is no agent-runner, and what is said of it. The last one would leave a mark if it were run. */
const payloads: [what: string, bytes: (place: Ground) => Buffer, words: string][] = [
  ["a program for the other machine", () => elf(0xb7), "a program for linux-arm64"],
  ["a program for this kind of machine", () => elf(0x3e), "a program for linux-amd64"],
  ["a program for macOS", () => padded(macho), "a program for macOS"],
  ["an archive", () => Buffer.from(Bun.gzipSync(Uint8Array.from(good))), "an archive"],
  ["an empty file", () => Buffer.alloc(0), "empty"],
  ["a login page", () => padded("<!doctype html><p>log in", " "), "a web page"],
  ["another script", (place) => padded(markIn(place), " "), ""],
];
const markOf = (place: Ground) => join(place.home, "RUN");
const markIn = (place: Ground) =>
  `require("fs").writeFileSync(${JSON.stringify(markOf(place))}, "")\n`;

const ask = (place: Ground, environment: Record<string, string>) =>
  place.stigmer(["agent-runner", "--version"], { binary, environment });

/** Said by what it is, before anything was run or put into place. */
function expectRefused(place: Ground, outcome: Outcome, words: string): void {
  expect(outcome.stdout).toBe("");
  expect(outcome.status).toBeGreaterThan(0);
  expect(outcome.stderr).toContain(words);
  expect(existsSync(markOf(place))).toBe(false);
  expect(existsSync(join(place.state, "bin/agent-runner"))).toBe(false);
  const runners = join(place.state, "runners");
  const names = existsSync(runners) ? readdirSync(runners) : [];
  expect(names.filter((name) => name !== ".lock")).toEqual([]);
}

describe.concurrent("in the place of the agent-runner", () => {
  test.each(payloads)(
    "%s is refused by its content",
    async (_what, bytesFor, words) => {
      await using place = ground({ STIGMER_OFFLINE: "1" });
      const bytes = bytesFor(place);
      const said = words === "" ? "has SHA-256" : `is ${words}, not an agent-runner`;
      const file = join(place.home, "file");
      const folder = join(place.home, "bundles");
      const cache = join(place.state, "cache/downloads");
      for (const made of [folder, cache]) mkdirSync(made, { recursive: true, mode: 0o700 });
      writeFileSync(file, bytes);
      writeFileSync(join(folder, asset), bytes);

      const asFile = await ask(place, { STIGMER_RUNNER_BUNDLE: file });
      const inFolder = await ask(place, { STIGMER_RUNNER_BUNDLE: folder });
      writeFileSync(join(cache, digest), bytes);
      const inCache = await ask(place, {});

      expectRefused(place, asFile, `bundle: ${said}`);
      expectRefused(place, inFolder, `bundle: ${said}`);
      expectRefused(place, inCache, `cache: ${said}`);
    },
    SLOW_MS,
  );

  test.each(payloads)(
    "%s is refused from a mirror and from the hand of a person",
    async (_what, bytesFor, words) => {
      await using place = ground();
      const bytes = bytesFor(place);
      const files = releaseFiles(version, { [asset]: bytes });
      const server = await startReleaseServer({ files });
      const file = join(place.home, "file");
      writeFileSync(file, bytes);
      const install = (...flags: string[]) =>
        place.stigmer(["runner", "install", "--from", file, ...flags], { binary });

      const fromMirror = await ask(place, { STIGMER_DOWNLOAD_BASE_URL: server.url });
      await server.stop();
      const byHand = await install();
      const vouchedFor = words === "" ? byHand : await install("--allow-digest", sha256Hex(bytes));

      expectRefused(place, fromMirror, `cannot download ${server.url}/${version}/${asset}: `);
      const said = words === "" ? "has SHA-256" : `the file is ${words}, not an agent-runner`;
      expectRefused(place, byHand, said);
      expectRefused(place, vouchedFor, said);
    },
    SLOW_MS,
  );

  test.each([
    ["a pipe", (path: string) => Bun.spawnSync(["mkfifo", path]), isIrregular],
    ["a device without an end", (path: string) => symlinkSync("/dev/zero", path), isIrregular],
    ["a folder that lacks it", (path: string) => mkdirSync(path), isUnread],
    ["nothing", () => {}, isUnread],
    ["a file of a gigabyte", makeHuge, (path: string) => `${path} has 1073741824 bytes`],
  ])(
    "%s is one sentence at once",
    async (what, make, reason) => {
      await using place = ground({ STIGMER_OFFLINE: "1" });
      const path = join(place.home, "it");
      make(path);

      const asBundle = await ask(place, { STIGMER_RUNNER_BUNDLE: path });
      const byHand = await place.stigmer(["runner", "install", "--from", path], { binary });

      expectRefused(place, asBundle, `bundle: ${reason(path)}`);
      expectRefused(place, byHand, what === "nothing" ? `there is no file "${path}"` : path);
    },
    SLOW_MS,
  );
});

test.each(["file", "./bundles", "bundles/file"])(
  "a bundle whose name is %s is refused: a server works in another folder",
  async (name) => {
    await using place = ground({ STIGMER_OFFLINE: "1" });

    const outcome = await ask(place, { STIGMER_RUNNER_BUNDLE: name });

    expectRefused(
      place,
      outcome,
      `bundle: STIGMER_RUNNER_BUNDLE names ${name}, which is not an absolute path\n`,
    );
  },
);

describe.concurrent("a good copy", () => {
  test(
    "in a folder of files for many machines is found by its name",
    async () => {
      await using place = ground({ STIGMER_OFFLINE: "1" });
      const folder = join(place.home, "bundles");
      mkdirSync(folder);
      writeFileSync(join(folder, asset), good);
      writeFileSync(join(folder, `agent-runner-${version}-other-machine`), elf(0xb7));

      const healed = await ask(place, { STIGMER_RUNNER_BUNDLE: folder });

      expect(healed).toMatchObject({ status: 0, stdout: `agent-runner ${version}\n` });
      expect(healed.stderr).toContain("(bundle)");
    },
    SLOW_MS,
  );

  test.skipIf(!canLayOver())(
    "that a system's package brought is found",
    async () => {
      await using place = ground({ STIGMER_OFFLINE: "1" });
      writeFileSync(join(place.home, asset), good);

      const healed =
        await Bun.$`unshare --mount sh -c ${layOver(`${binary} agent-runner --version`)}`
          .cwd(place.home)
          .env({ PATH: process.env["PATH"] ?? "", STIGMER_HOME: place.state, STIGMER_OFFLINE: "1" })
          .quiet();

      expect(healed.stdout.toString()).toBe(`agent-runner ${version}\n`);
      expect(healed.stderr.toString()).toContain("(bundle)");
    },
    SLOW_MS,
  );
});

function isIrregular(path: string): string {
  return `${path} is not a regular file`;
}

function isUnread(path: string): string {
  return `STIGMER_RUNNER_BUNDLE names ${path}, which cannot be read (ENOENT)`;
}

/** Takes no room on the disk. */
function makeHuge(path: string): void {
  writeFileSync(path, "");
  truncateSync(path, 1024 ** 3);
}

/** Runs a command where /usr/lib/stigmer holds what is in the working directory; nobody else sees that. */
function layOver(command: string): string {
  const layers = "lowerdir=/usr/lib,upperdir=/mnt/upper,workdir=/mnt/work";
  return [
    "set -e",
    "mount -t tmpfs none /mnt",
    "mkdir -p /mnt/upper/stigmer /mnt/work",
    `for file in agent-runner-*; do test ! -e "$file" || cp "$file" /mnt/upper/stigmer/; done`,
    `mount -t overlay overlay -o ${layers} /usr/lib`,
    `exec ${command}`,
  ].join("\n");
}

function canLayOver(): boolean {
  const can =
    process.platform === "linux" &&
    Bun.which("unshare") !== null &&
    Bun.spawnSync(["unshare", "--mount", "sh", "-c", layOver("true")], { stderr: "ignore" })
      .success;
  if (!can) console.warn("skipped: this user may not lay a folder over /usr/lib");
  return can;
}
