import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { compileBinary } from "../../src/build/compile-binary.ts";
import { places } from "../../src/build/places.ts";
import { createKeyPair } from "../../src/build/release/minisign.ts";
import { hostTarget, obtainRuntime } from "../../src/build/release/runtimes.ts";
import type { Checkpoint } from "../../src/release/checkpoint.ts";
import { releases, scratchFolder } from "../multicall/compiled.ts";
import {
  builtRelease,
  placeProgram,
  practiceKey,
  publish,
  startFront,
  type UpgradeGround,
  upgradeGround,
  withMirror,
} from "./upgrade-fixture.ts";

const BUILD_MAX_MS = 120_000;
const { version: old } = releases.old;
const { version: next } = releases.new;
const good = await publish();
const folder = scratchFolder();
/** The release v9.9.1, but it dies at the checkpoint that STIGMER_TEST_CHECKPOINT names. */
const program = join(folder.path, "practice/stigmer");
/** The same as it would be published: it trusts a key that nobody else has. */
const publishedKey = createKeyPair().key;
const published = join(folder.path, "published/stigmer");

beforeAll(async () => {
  await compile(program, practiceKey.publicKey);
  await compile(published, publishedKey.publicKey);
}, BUILD_MAX_MS);

async function compile(outfile: string, releaseKey: string): Promise<void> {
  mkdirSync(join(outfile, ".."));
  const target = hostTarget();
  await compileBinary({
    facts: { version: old, commit: "0123456789ab", time: "2026-01-02T03:04:05.000Z" },
    entry: places.entry,
    runner: releases.old.runner,
    outfile,
    release: { target, runtime: await obtainRuntime(target, places.runtimes), releaseKey },
    hasCheckpoints: true,
  });
}

afterAll(() => folder[Symbol.dispose]());

let place: UpgradeGround;
beforeEach(() => {
  place = upgradeGround({ binary: program });
});
afterEach(async () => place[Symbol.asyncDispose]());

const killedAt = (checkpoint: Checkpoint, base: string, ...words: string[]) =>
  place.stigmer(["upgrade", ...words], {
    binary: place.program,
    environment: { STIGMER_DOWNLOAD_BASE_URL: base, STIGMER_TEST_CHECKPOINT: checkpoint },
  });
const withoutLock = () => place.names().filter((name) => name !== ".stigmer.lock");

const before: Checkpoint[] = [
  "upgrade-locked",
  "upgrade-unpacked",
  "upgrade-tried",
  "upgrade-kept",
];
const after: Checkpoint[] = ["upgrade-swapped", "upgrade-answered", "upgrade-done"];

test.each(before)(
  "killed at %s, the old one is there, and the next upgrade ends well",
  async (at) => {
    await withMirror(good, async (mirror) => {
      const killed = await killedAt(at, mirror.url);
      const found = await place.version();
      const again = await place.upgrade(mirror.url);

      expect(killed).toMatchObject({ signal: "SIGKILL", stdout: "" });
      expect(found).toBe(old);
      expect(again.status).toBe(0);
      expect(await place.version()).toBe(next);
      expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
      expect(statSync(join(place.bin, ".stigmer.previous")).ino).toBe(statSync(program).ino);
    });
  },
);

test.each(after)("killed at %s, the new one is there, and the old one is not lost", async (at) => {
  const killed = await withMirror(good, (mirror) => killedAt(at, mirror.url));

  expect(killed).toMatchObject({ signal: "SIGKILL", stdout: "" });
  expect(await place.version()).toBe(next);
  const name = at === "upgrade-done" ? ".stigmer.previous" : ".stigmer.kept";
  expect(withoutLock()).toEqual([name, "stigmer"]);
  expect(statSync(join(place.bin, name)).ino).toBe(statSync(program).ino);
});

test.each([...before.slice(2), ...after])(
  "a rollback that is killed at %s leaves one of the two, and both can be had again",
  async (at) => {
    // Both are real programs, as the one that is left must be able to go on.
    placeProgram(releases.new.binary, join(place.bin, ".stigmer.previous"));

    const killed = await killedAt(at, "file:///nowhere", "--rollback");
    const found = await place.version();
    const seen = new Set([found]);
    for (let turn = 0; turn < 2; turn += 1) {
      const { status } = await place.upgrade("file:///nowhere", "--rollback");
      expect(status).toBe(0);
      seen.add(await place.version());
    }

    expect(killed.signal).toBe("SIGKILL");
    expect(found).toBe(before.includes(at) ? old : next);
    expect([...seen].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([old, next]);
    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
  },
);

test(
  "after an upgrade that was killed before its server was restarted, the next one says so and cleans up",
  async () => {
    const own = { binary: place.program };
    await place.stigmer(["server", "--port", "0"], own);
    await withMirror(builtRelease(next), async (mirror) => {
      const killed = await killedAt("upgrade-answered", mirror.url);
      const again = await place.upgrade(mirror.url);

      expect(killed.signal).toBe("SIGKILL");
      expect(again).toMatchObject({ status: 0, stdout: `stigmer ${next} is already installed\n` });
      expect(again.stderr).toBe(
        `warning: the server is ${old}: "stigmer server restart" makes it ${next}\n`,
      );
      expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
      expect(statSync(join(place.bin, ".stigmer.previous")).ino).toBe(statSync(program).ino);
    });
    await place.stigmer(["server", "stop"], own);
  },
  BUILD_MAX_MS,
);

test("a program that trusts a published key takes what it signed, and nothing signed for practice", async () => {
  rmSync(place.program);
  placeProgram(published, place.program);

  const practice = await withMirror(good, (mirror) => place.upgrade(mirror.url));
  const real = await withMirror(await publish({ key: publishedKey }), (mirror) =>
    place.upgrade(mirror.url),
  );

  expect(practice).toMatchObject({ status: 1, stdout: "" });
  expect(practice.stderr).toContain("is signed with the key 7970AE3C8B54EA98, and this build");
  expect(real.status).toBe(0);
  expect(await place.version()).toBe(next);
});

test("killed in the middle of the download, the next upgrade goes on from there", async () => {
  await withMirror(good, async (mirror) => {
    const front = startFront(good, mirror.faulty("stall", "ok"));
    const environment = { STIGMER_HOME: place.state, STIGMER_DOWNLOAD_BASE_URL: front.url };
    const child = Bun.spawn([place.program, "upgrade"], {
      env: { PATH: process.env["PATH"] ?? "", HOME: place.home, ...environment },
      stdout: "ignore",
      stderr: "ignore",
    });
    while (partBytes() === 0) await Bun.sleep(5);
    child.kill("SIGKILL");
    await child.exited;
    const left = partBytes();

    const again = await place.upgrade(front.url);
    await front.stop();

    expect(child.signalCode).toBe("SIGKILL");
    expect(again.status).toBe(0);
    expect(mirror.requests.map(({ headers }) => headers["range"])).toEqual([
      undefined,
      `bytes=${left}-`,
    ]);
    expect(await place.version()).toBe(next);
  });
});

/** How much of the archive has come. */
function partBytes(): number {
  const downloads = join(place.state, "cache/downloads");
  if (!existsSync(downloads)) return 0;
  const [part] = [...new Bun.Glob("*.part").scanSync({ cwd: downloads, absolute: true })];
  return part === undefined ? 0 : statSync(part).size;
}
