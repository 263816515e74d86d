import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { binary, releases } from "../multicall/compiled.ts";
import { startForwardProxy } from "./forward-proxy.ts";
import { createPrivateAuthority } from "./private-authority.ts";
import { startReleaseServer } from "./release-server.ts";
import {
  ASSET,
  fakeProgram,
  practiceKey,
  programEntry,
  type Publication,
  publish,
  startFront,
  strangersKey,
  tarball,
  type UpgradeGround,
  upgradeGround,
  withMirror,
} from "./upgrade-fixture.ts";

const { version: old } = releases.old;
const good = await publish();
const authorityFolder = mkdtempSync(join(tmpdir(), "stigmer-authority-"));
afterAll(() => rmSync(authorityFolder, { recursive: true, force: true }));
const authority = createPrivateAuthority(authorityFolder);
if (!authority) console.warn("skipped: without openssl there is no private authority to test with");
const archiveOf = (files: ReadonlyMap<string, Uint8Array>) =>
  files.get(`/v9.9.2/${ASSET("v9.9.2")}`) ?? new Uint8Array();

let place: UpgradeGround;
beforeEach(() => {
  place = upgradeGround();
});
afterEach(async () => place[Symbol.asyncDispose]());

/** The old program as it was, and nothing beside it but the lock. */
function expectUntouched(): void {
  const { ino, size, mtimeMs } = statSync(releases.old.binary);
  expect(statSync(place.program)).toMatchObject({ ino, size, mtimeMs });
  expect(place.names().filter((name) => name !== ".stigmer.lock")).toEqual(["stigmer"]);
}

const upgradeFrom = (files: ReadonlyMap<string, Uint8Array>, fault = "ok", ...words: string[]) =>
  withMirror(files, (mirror) => place.upgrade(mirror.faulty(fault), ...words));

describe("a mirror with a passing fault", () => {
  test.each([
    "reset,ok",
    "cut,ok",
    "503,ok",
    "429:1,ok",
    "garbage,ok",
    "trickle",
    "gzip",
    "weak-etag,ok",
    "reset,no-range",
    "reset,new-etag",
    "reset,new-etag-206,ok",
    "reset,range-off-by-one,ok",
    "reset,416",
    "reset,gzip",
  ])("does not keep the upgrade from its end (%s)", async (fault) => {
    const { status, stdout } = await upgradeFrom(good, fault);

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `stigmer ${old} became v9.9.2\n  file    ${place.program}\n  undo    stigmer upgrade --rollback\n`,
    });
    expect(await place.version()).toBe("v9.9.2");
  });

  test("is continued where it was cut off, not begun again", async () => {
    await withMirror(good, async (mirror) => {
      await place.upgrade(mirror.faulty("reset", "ok"));

      const asked = mirror.requests.filter(({ path }) => path.endsWith(ASSET("v9.9.2")));
      expect(asked.map(({ headers }) => headers["range"])).toEqual([
        undefined,
        `bytes=${Math.floor(archiveOf(good).length / 2)}-`,
      ]);
    });
  });
});

describe("a mirror with a lasting fault", () => {
  test.each([
    ["401", 4, "refused: the server does not let us in (status 401)"],
    ["403", 4, "refused: the server does not let us in (status 403)"],
    ["404", 3, "not found: the server has no such file (status 404)"],
    ["407", 1, "proxy: the proxy wants a user name and a password"],
    ["429:9999", 5, "server: the server answered with status 429"],
    ["loop", 1, "redirect: more than 5 redirects"],
    ["to-file", 1, "redirect: "],
    ["to-nowhere", 1, "redirect: "],
    ["portal", 1, "captive portal: a web page came instead of the file"],
    ["portal-plain", 1, "captive portal: a web page came instead of the file"],
    ["length-long", 2, "is not a signature of minisign"],
    ["length-short", 2, "is not a signature of minisign"],
    ["endless", 1, "wrong size: it has more bytes than it should"],
    ["flipped", 2, "is not a signature of minisign"],
  ])("ends it at the signature (%s, status %d)", async (fault, status, words) => {
    const refused = await upgradeFrom(good, fault);

    expect(refused).toMatchObject({ status, stdout: "" });
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain("checksums.txt.minisig");
    expect(refused.stderr).toContain("\nhint: ");
    expectUntouched();
  });

  test.each([
    ["401", 4, "refused: "],
    ["404", 3, "not found: "],
    ["flipped", 1, "wrong digest: it has SHA-256 "],
    ["length-short", 1, "wrong digest: "],
    ["length-long", 1, "wrong digest: "],
    ["portal", 1, "captive portal: "],
    ["loop", 1, "redirect: "],
  ])("ends it at the archive (%s, status %d)", async (fault, status, words) => {
    // Only the archive has the fault: the list and its signature come from a good folder of the same mirror.
    const faulty = await startReleaseServer({ files: good });
    const front = startFront(good, faulty.faulty(fault));

    const refused = await place.upgrade(front.url);
    await Promise.all([faulty.stop(), front.stop()]);

    expect(refused).toMatchObject({ status, stdout: "" });
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain(ASSET("v9.9.2"));
    expectUntouched();
  });

  test("that is down is not replaced by another place", async () => {
    const refused = await place.upgrade("http://127.0.0.1:9");

    expect(refused).toMatchObject({ status: 5, stdout: "" });
    expect(refused.stderr).toContain("network: ");
    expect(refused.stderr).not.toContain("github.com");
    expectUntouched();
  }, 30_000);

  test("shows no password of its address", async () => {
    await withMirror(good, async (mirror) => {
      const refused = await place.upgrade(mirror.faulty("404").replace("//", "//me:hush@"));

      expect(refused.status).toBe(3);
      expect(refused.stderr).not.toContain("hush");
    });
  });
});

describe("a release that is not what it seems", () => {
  const forged: [what: string, publication: Publication, status: number, words: string][] = [
    [
      "another key signed it",
      { key: strangersKey },
      1,
      "and this build trusts only 7970AE3C8B54EA98",
    ],
    [
      "another key signed it in the name of ours",
      { key: { ...strangersKey, id: practiceKey.id } },
      1,
      "checksums.txt.minisig was changed after it was signed",
    ],
    [
      "its list was changed",
      { tamper: (list) => list.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) },
      1,
      "checksums.txt is not the list that was signed for v9.9.2",
    ],
    [
      "its list was lengthened",
      { tamper: (list) => `${list}${"0".repeat(64)}  more\n` },
      1,
      "checksums.txt is not the list that was signed for v9.9.2",
    ],
    ["nobody says which version it is", { comment: "a list" }, 2, 'says "a list", and no version'],
  ];

  test.each(forged)("is refused when %s", async (_, publication, status, words) => {
    const refused = await upgradeFrom(await publish(publication));

    expect(refused).toMatchObject({ status, stdout: "" });
    expect(refused.stderr).toContain(words);
    expectUntouched();
  });

  test("is refused when the archive and its .sha256 agree, but not with the list", async () => {
    const evil = await publish({ program: fakeProgram("v9.9.2", ": evil") });
    const files = new Map(good);
    for (const [path, bytes] of evil) {
      if (!path.includes("checksums.txt")) files.set(path, bytes);
    }

    const refused = await upgradeFrom(files);

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(`wrong digest: it has SHA-256 ${sha256Hex(archiveOf(evil))}`);
    expectUntouched();
  });

  test("is refused when an old list is shown as that of a new version", async () => {
    const older = await publish({ version: "v9.9.0" });
    const files = new Map(
      [...older].map(([path, bytes]) => [path.replace("v9.9.0/", "v9.9.2/"), bytes]),
    );

    const refused = await upgradeFrom(files, "ok", "--version", "v9.9.2");

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("/v9.9.2/checksums.txt.minisig is that of v9.9.0");
    expectUntouched();
  });

  test("is no reason to go back when it is the newest that the mirror has", async () => {
    const older = await publish({ version: "v9.9.0" });

    const left = await upgradeFrom(older);
    const check = await upgradeFrom(older, "ok", "--check", "--json");
    const wanted = await upgradeFrom(older, "ok", "--version", "9.9.0");

    expect(left).toMatchObject({ status: 0, stdout: `stigmer ${old} is already installed\n` });
    expect(JSON.parse(check.stdout)).toMatchObject({ newest: "v9.9.0", isNewer: false });
    expect(wanted.status).toBe(0);
    expect(await place.version()).toBe("v9.9.0");
  });

  test("is refused when it has nothing for this machine", async () => {
    const files = await publish({ tamper: (list) => list });
    const other = await signedListOf("stigmer-v9.9.2-plan9-mips.tar.gz");

    const refused = await upgradeFrom(new Map([...files, ...other]));

    expect(refused).toMatchObject({ status: 3, stdout: "" });
    expect(refused.stderr).toContain(`the release v9.9.2 has no ${ASSET("v9.9.2")}`);
    expectUntouched();
  });
});

/** The list of a release that has only this file. */
async function signedListOf(name: string): Promise<Map<string, Uint8Array>> {
  const { signFile } = await import("../../src/build/release/minisign.ts");
  const list = Buffer.from(`${"a".repeat(64)}  ${name}\n`);
  const signature = signFile(list, practiceKey, "stigmer v9.9.2 abc 2026-01-02T03:04:05.000Z");
  return new Map(
    ["latest", "v9.9.2"].flatMap((folder) => [
      [`/${folder}/checksums.txt`, list] as const,
      [`/${folder}/checksums.txt.minisig`, Buffer.from(signature)] as const,
    ]),
  );
}

describe("an archive that was signed and is still no program", () => {
  const program = fakeProgram("v9.9.2");
  const link = { name: "stigmer", size: 0, type: "symlink" as const, linkname: "/bin/true" };
  const nothing = "holds no file called stigmer";
  const archives: [what: string, make: () => Promise<Uint8Array> | Uint8Array, words: string][] = [
    [
      "cut off",
      async () => (await tarball([programEntry(program)])).subarray(0, -20),
      "cannot be unpacked: truncated gzip input",
    ],
    ["no archive", () => Buffer.from("nothing of the kind"), "cannot be unpacked: "],
    ["empty", () => tarball([]), nothing],
    ["without stigmer", () => tarball([programEntry(program, "README.md")]), nothing],
    ["with a link in its place", () => tarball([{ header: link }]), nothing],
    [
      "with a second name of another file",
      () =>
        tarball([
          programEntry(program, "other"),
          { header: { ...link, type: "link", linkname: "other" } },
        ]),
      nothing,
    ],
    ["with a path that leads out", () => tarball([programEntry(program, "../stigmer")]), nothing],
    ["with an absolute path", () => tarball([programEntry(program, "/stigmer")]), nothing],
    ["with an empty program", () => tarball([programEntry(new Uint8Array())]), nothing],
  ];

  test.each(archives)("is refused: %s", async (_, make, words) => {
    const refused = await upgradeFrom(await publish({ archive: await make() }));

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(words);
    expect(existsSync(join(dirname(place.bin), "stigmer"))).toBe(false);
    expectUntouched();
  });
});

describe("a program that does not work here", () => {
  const programs: [what: string, program: Uint8Array, words: string][] = [
    [
      "it fails",
      Buffer.from("#!/bin/sh\necho broken >&2; exit 7\n"),
      'exited with 7 and said "broken"',
    ],
    ["it is killed", Buffer.from("#!/bin/sh\nkill -9 $$\n"), "was ended by SIGKILL"],
    ["it says nothing", Buffer.from("#!/bin/sh\n"), 'exited with 0 and said "nothing"'],
    ["it says something else", Buffer.from("#!/bin/sh\necho hello\n"), 'said "hello"'],
    [
      "it is for another machine",
      Buffer.from("\u0000garbage"),
      "it is no program for this machine",
    ],
    [
      "it needs what is not here",
      Buffer.from("#!/no/such/interpreter\n"),
      "it needs a system library that is not here",
    ],
    ["it is another version", fakeProgram("v9.9.3"), "it says it is v9.9.3 for"],
    [
      "it is for another target",
      Buffer.from('#!/bin/sh\necho \'{"version":"v9.9.2","target":"plan9-mips"}\'\n'),
      "it says it is v9.9.2 for plan9-mips",
    ],
  ];

  test.each(programs)("never takes the place of one that does: %s", async (_, program, words) => {
    const refused = await upgradeFrom(await publish({ program }));

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("error: stigmer v9.9.2 does not work here: ");
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain(`hint: ${old} stays in use`);
    expectUntouched();
  });

  test("gives the place back when it works only under another name", async () => {
    const program = fakeProgram("v9.9.2", 'case "$0" in */stigmer) echo no >&2; exit 9;; esac');

    const refused = await upgradeFrom(await publish({ program }));

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain('exited with 9 and said "no"');
    expectUntouched();
  });
});

describe("whom to believe", () => {
  test.each([
    ["the published address", {}],
    ["another machine", { STIGMER_DOWNLOAD_BASE_URL: "https://mirror.example/stigmer" }],
    ["another machine in the clear", { STIGMER_DOWNLOAD_BASE_URL: "http://10.0.0.1/stigmer" }],
  ])("the practice key is believed only close by, not from %s", async (_, environment) => {
    const refused = await place.stigmer(["upgrade"], { binary: place.program, environment });

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toContain("trusts the practice key, with which anybody can sign");
    expectUntouched();
  });

  test("a folder is a mirror too, also offline", async () => {
    const folder = join(place.home, "mirror");
    for (const [path, bytes] of good) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }

    const done = await place.upgrade(`file://${folder}`, "--offline", "--json");

    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toEqual({
      changed: true,
      from: old,
      to: "v9.9.2",
      path: place.program,
      server: null,
    });
  });

  test.each([
    [["--offline"], {}],
    [[], { STIGMER_OFFLINE: "1" }],
  ])("no network is used where it is forbidden (%j %j)", async (words, environment) => {
    await withMirror(good, async (mirror) => {
      const refused = await place.stigmer(["upgrade", ...words], {
        binary: place.program,
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url, ...environment },
      });

      expect(refused).toMatchObject({ status: 5, stdout: "" });
      expect(refused.stderr).toContain(`offline: ${mirror.url}/latest/checksums.txt.minisig`);
      expect(refused.stderr).toContain("STIGMER_DOWNLOAD_BASE_URL=file:///");
      expect(mirror.requests).toEqual([]);
      expectUntouched();
    });
  });

  test("loopback is asked without the proxy that is set", async () => {
    const proxy = await startForwardProxy({ port: 1, status: 503 });
    await withMirror(good, async (mirror) => {
      const done = await place.stigmer(["upgrade"], {
        binary: place.program,
        environment: {
          STIGMER_DOWNLOAD_BASE_URL: mirror.url,
          HTTPS_PROXY: proxy.url,
          HTTP_PROXY: proxy.url,
        },
      });

      expect(done.status).toBe(0);
    });
    await proxy.stop();
    expect(proxy.targets).toEqual([]);
  });

  test.skipIf(!authority)("a mirror's own authority is named in SSL_CERT_FILE", async () => {
    const { caPath, tls } = authority ?? { caPath: "", tls: { key: "", cert: "" } };
    const mirror = await startReleaseServer({ files: good, tls });
    const ask = (environment: Record<string, string>) =>
      place.stigmer(["upgrade"], {
        binary: place.program,
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url, ...environment },
      });

    const refused = await ask({});
    const done = await ask({ SSL_CERT_FILE: caPath });
    await mirror.stop();

    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/TLS: the server cannot be trusted \([A-Z_]+\)/);
    expect(done.status).toBe(0);
  });

  test("a mirror that wants to know who asks hears it each time", async () => {
    const header = join(place.home, "header");
    writeFileSync(header, "Authorization: Bearer hush\n", { mode: 0o600 });
    await withMirror(good, async (mirror) => {
      const done = await place.stigmer(["upgrade"], {
        binary: place.program,
        environment: {
          STIGMER_DOWNLOAD_BASE_URL: mirror.url,
          STIGMER_DOWNLOAD_AUTH_FILE: header,
        },
      });

      expect(done.status).toBe(0);
      expect(mirror.requests.map(({ path, headers }) => [path, headers["authorization"]])).toEqual([
        ["/latest/checksums.txt.minisig", "Bearer hush"],
        ["/v9.9.2/checksums.txt", "Bearer hush"],
        [`/v9.9.2/${ASSET("v9.9.2")}`, "Bearer hush"],
      ]);
    });
  });

  test("a development build says how to get another", async () => {
    const refused = await place.stigmer(["upgrade", "--check"], { binary });

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toBe(
      "error: this is a development build, and no release\nhint: build it anew with `git pull && make release-local`, or install a release\n",
    );
  });
});

describe("--check", () => {
  test("tells what there is and changes nothing", async () => {
    await withMirror(good, async (mirror) => {
      const told = await place.upgrade(mirror.url, "--check");
      const json = await place.upgrade(mirror.url, "--check", "--json");

      const notes = "https://github.com/stigmer/stigmer/releases/tag/v9.9.2";
      expect(told).toMatchObject({ status: 0, stderr: "" });
      expect(told.stdout).toBe(
        `stigmer v9.9.2 is there; this is ${old}\n  news     ${notes}\n  upgrade  stigmer upgrade\n`,
      );
      expect(JSON.parse(json.stdout)).toEqual({
        current: old,
        newest: "v9.9.2",
        isNewer: true,
        notes,
        command: "stigmer upgrade",
      });
      expect(new Set(mirror.requests.map(({ path }) => path))).toEqual(
        new Set(["/latest/checksums.txt.minisig"]),
      );
    });
    expect(place.names()).toEqual(["stigmer"]);
    expect(existsSync(place.state)).toBe(false);
  });

  test("is no failure when there is nothing newer", async () => {
    const same = await upgradeFrom(await publish({ version: old }), "ok", "--check");

    expect(same).toMatchObject({ status: 0, stdout: `stigmer ${old} is up to date\n` });
  });

  test("does not believe a stranger either", async () => {
    const refused = await upgradeFrom(await publish({ key: strangersKey }), "ok", "--check");

    expect(refused).toMatchObject({ status: 1, stdout: "" });
  });
});

test("what is already there is not downloaded again", async () => {
  await withMirror(await publish({ version: old }), async (mirror) => {
    for (const words of [[], ["--version", old]]) {
      const left = await place.upgrade(mirror.url, ...words);

      expect(left).toMatchObject({ status: 0, stdout: `stigmer ${old} is already installed\n` });
    }
    expect(mirror.requests.every(({ path }) => path.endsWith(".minisig"))).toBe(true);
  });
});

test.each([["latest"], ["1.2"], ["../v1.2.3"]])("--version %s is refused", async (version) => {
  const refused = await place.upgrade("http://127.0.0.1:9", "--version", version);

  expect(refused).toMatchObject({ status: 2, stdout: "" });
  expect(refused.stderr).toContain(`"${version}" is not a version`);
});
