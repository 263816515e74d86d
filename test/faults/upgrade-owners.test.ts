import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";

import { type Outcome, releases, run } from "../multicall/compiled.ts";
import {
  fakeProgram,
  publish,
  type UpgradeGround,
  upgradeGround,
  withMirror,
} from "./upgrade-fixture.ts";

const SLOW_MS = 60_000;
const PERSON = "65534";
const { version: old } = releases.old;
const { version: next } = releases.new;
const good = await publish();
const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn("skipped: only root can do something for another user");
const user = ["setpriv", `--reuid=${PERSON}`, `--regid=${PERSON}`, "--clear-groups"];
const hasPerson = isRoot && canBePerson();
if (isRoot && !hasPerson) console.warn("skipped: there is no other user who may use /dev/null");

let place: UpgradeGround;
beforeEach(() => {
  place = upgradeGround();
  // A file of its own, for it changes hands.
  rmSync(place.program);
  copyFileSync(releases.old.binary, place.program);
  chmodSync(place.program, 0o755);
  give(place.home);
});
afterEach(async () => {
  if (hasPerson) await asPerson(["server", "stop"]);
  await place[Symbol.asyncDispose]();
});

function give(path: string): void {
  if (isRoot) Bun.spawnSync(["chown", "-R", `${PERSON}:${PERSON}`, path]);
}

/** Every program that is started gets /dev/null, which not each container gives to everybody. */
function canBePerson(): boolean {
  if (!Bun.which("setpriv")) return false;
  return Bun.spawnSync([...user, "sh", "-c", "exec </dev/null >/dev/null"]).success;
}

function asPerson(words: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  return run([...user, place.program, ...words], { home: place.home, environment });
}

/** What `sudo stigmer …` does: root, and the name of who asked. */
function asRoot(words: string[], environment: Record<string, string>): Promise<Outcome> {
  return place.stigmer(words, {
    binary: place.program,
    environment: { SUDO_USER: "alice", ...environment },
  });
}

const ownersIn = (folder: string): number[] =>
  readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, String(name))).uid);

describe.skipIf(!isRoot)("an upgrade by root for a person", () => {
  test.skipIf(!hasPerson)(
    "leaves the server of a home that is not root's as it is, and says how to restart it",
    async () => {
      const started = await asPerson(["server", "--port", "0", "--json"]);
      const before = JSON.parse((await asPerson(["server", "status", "--json"])).stdout);

      const done = await withMirror(good, ({ url }) =>
        asRoot(["upgrade", "--json"], { STIGMER_DOWNLOAD_BASE_URL: url }),
      );

      expect(started.status).toBe(0);
      expect(JSON.parse(done.stdout)).toMatchObject({ changed: true, to: next, server: null });
      expect(done.stderr).toContain(
        `warning: the server of ${place.state}, which belongs to another user, is ${old}: ` +
          `"stigmer server restart" as that user makes it ${next}\n`,
      );
      expect(process.kill(before.pid, 0)).toBe(true);
      expect(statSync(place.program).uid).toBe(Number(PERSON));
      expect(ownersIn(place.home).every((uid) => uid === Number(PERSON))).toBe(true);
      // A script by now, which cannot stop the server.
      rmSync(place.program);
      copyFileSync(releases.old.binary, place.program);
      chmodSync(place.program, 0o755);
    },
    SLOW_MS,
  );

  test("makes nothing of root's in a home that is not there yet", async () => {
    const temporary = join(place.home, "tmp");
    mkdirSync(temporary, { mode: 0o700 });

    const done = await withMirror(good, ({ url }) =>
      asRoot(["upgrade"], { STIGMER_DOWNLOAD_BASE_URL: url, TMPDIR: temporary }),
    );

    expect(done.status).toBe(0);
    expect(existsSync(place.state)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("tells of the person's server where the home is root's", async () => {
    const roots = join(place.home, "root");
    mkdirSync(roots, { mode: 0o700 });

    const done = await withMirror(good, ({ url }) =>
      asRoot(["upgrade"], { STIGMER_DOWNLOAD_BASE_URL: url, STIGMER_HOME: roots }),
    );

    expect(done.status).toBe(0);
    expect(done.stderr).toEndWith(
      `warning: if alice runs a server, it goes on as it is: "stigmer server restart" as alice makes it ${next}\n`,
    );
  });
});

test.skipIf(!hasPerson)(
  "a folder that cannot be synced once the new program is in use is no failure",
  async () => {
    // It takes the right to read the folder away when it is asked in its final place.
    const program = fakeProgram(next, `[ "\${0##*/}" = stigmer ] && chmod 300 "${place.bin}"`);

    const done = await withMirror(await publish({ program }), ({ url }) =>
      asPerson(["upgrade"], { STIGMER_DOWNLOAD_BASE_URL: url }),
    );

    chmodSync(place.bin, 0o755);
    expect(done.stderr).not.toContain("error:");
    expect(done.status).toBe(0);
    expect(place.names()).toEqual([".stigmer.lock", ".stigmer.previous", "stigmer"]);
    expect(statSync(join(place.bin, ".stigmer.previous")).size).toBe(
      statSync(releases.old.binary).size,
    );
  },
);
