import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { tryLock } from "../../src/base/file-lock.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { releases } from "../multicall/compiled.ts";
import {
  ASSET,
  fakeProgram,
  programEntry,
  publish,
  startFront,
  tarball,
  type UpgradeGround,
  upgradeGround,
  withMirror,
} from "./upgrade-fixture.ts";

const { version: next } = releases.new;
const good = await publish();
const archive = good.get(`/${next}/${ASSET(next)}`) ?? new Uint8Array();

let place: UpgradeGround;
beforeEach(() => {
  place = upgradeGround();
});
afterEach(async () => place[Symbol.asyncDispose]());

const downloads = () => join(place.state, "cache/downloads");
const downloaded = () => readdirSync(downloads()).filter((name) => !name.endsWith(".lock"));

test("an archive that is swapped after it was checked is neither run nor installed", async () => {
  const marker = join(place.home, "was-run");
  const unsigned = await tarball([programEntry(fakeProgram(next, `touch ${marker}`))]);
  const file = join(downloads(), sha256Hex(archive));
  const held = tryLock(join(place.bin, ".stigmer.lock"));

  const end = await withMirror(good, async (mirror) => {
    const child = Bun.spawn([place.program, "upgrade"], {
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: place.home,
        STIGMER_HOME: place.state,
        STIGMER_DOWNLOAD_BASE_URL: mirror.url,
      },
      stdout: "ignore",
      stderr: "pipe",
    });
    for await (const words of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (!words.includes(`waiting for process ${process.pid}`)) continue;
      writeFileSync(file, unsigned);
      held?.release();
    }
    return child.exited;
  });

  expect(existsSync(marker)).toBe(false);
  expect(end).toBe(0);
  expect(readFileSync(place.program, "utf8")).toBe(Buffer.from(fakeProgram(next)).toString());
});

test("an archive does not stay when its program fails its trial", async () => {
  const program = fakeProgram("v0.0.1");

  const refused = await withMirror(await publish({ program }), (mirror) =>
    place.upgrade(mirror.url),
  );

  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("it says it is v0.0.1");
  expect(downloaded()).toEqual([]);
});

test("the beginning of an archive stays when the mirror breaks off", async () => {
  await withMirror(good, async (mirror) => {
    const front = startFront(good, mirror.faulty("reset", "404"));
    const refused = await place.upgrade(front.url);
    await front.stop();

    expect(refused.status).toBe(3);
    expect(downloaded().filter((name) => name.endsWith(".part"))).toHaveLength(1);
  });
});

test("however many archives have come, the locks do not become more", async () => {
  for (const version of ["v9.9.2", "v9.9.3", "v9.9.4"]) {
    const program = fakeProgram("v0.0.1", `: ${version}`);
    const files = await publish({ version, program });
    await withMirror(files, (mirror) => place.upgrade(mirror.url, "--version", version));
  }

  const locks = readdirSync(downloads()).filter((name) => name.endsWith(".lock"));
  expect(locks.every((name) => /^[0-9a-f]\.lock$/.test(name))).toBe(true);
  expect(statSync(place.program).ino).toBe(statSync(releases.old.binary).ino);
});
