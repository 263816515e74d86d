import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { tryLock } from "../base/file-lock.ts";
import { pathsOf } from "../base/paths.ts";
import { sha256Hex } from "../base/sha256.ts";
import { chooseRunner, resetRunner, rollbackRunner } from "./choose-runner.ts";
import { ensureRunner } from "./ensure-runner.ts";
import { lockPath, quarantinedFolders } from "./layout.ts";
import { listRunners, verifyRunners } from "./list-runners.ts";
import type { RunnerBuild } from "./runner-file.ts";

let paths = pathsOf("/nowhere");
beforeEach(() => {
  paths = pathsOf(mkdtempSync(join(tmpdir(), "stigmer-release-")));
});
afterEach(() => rmSync(paths.home, { recursive: true }));

/** A runner that answers `--version`, as a build of that version would carry it. */
function buildOf(version: string, more = ""): RunnerBuild {
  const text = `console.log("agent-runner ${version}"); ${more}`;
  const file = join(paths.home, `embedded-${version}.js`);
  writeFileSync(file, text);
  const embedded = { file, sha256: sha256Hex(text), size: Buffer.byteLength(text) };
  return { version, target: "linux-amd64", embedded };
}
const publicFile = () => join(paths.bin, "agent-runner");
const current = () => readlinkSync(join(paths.runners, "current"));

test("puts the embedded runner into place, with its links, manifest and modes", async () => {
  const build = buildOf("v1.0.0");
  const said: string[] = [];
  const umask = process.umask(0o077);

  const runner = await ensureRunner(paths, { build, onProgress: (message) => said.push(message) });
  process.umask(umask);

  const folder = `${build.embedded.sha256.slice(0, 16)}-v1.0.0`;
  expect(runner).toEqual({
    path: join(paths.runners, folder, "agent-runner"),
    version: "v1.0.0",
    sha256: build.embedded.sha256,
    source: "embedded",
  });
  expect(readFileSync(publicFile(), "utf8")).toBe(readFileSync(build.embedded.file, "utf8"));
  expect(readlinkSync(publicFile())).toBe("../runners/current/agent-runner");
  expect(readFileSync(join(paths.bin, ".version"), "utf8")).toBe("v1.0.0\n");
  expect(statSync(runner.path).mode & 0o777).toBe(0o755);
  expect(said).toEqual([`installed agent-runner v1.0.0 (embedded) in ${runner.path}`]);
});

test("notes the stamp of what it hashed, and hashes again when it is asked to be thorough", async () => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  await Bun.sleep(50);
  await ensureRunner(paths, { build });
  const noted = readManifestFile();
  chmodSync(path, 0o700);
  await Bun.sleep(50);

  await ensureRunner(paths, { build });
  const again = readManifestFile();
  await ensureRunner(paths, { build });

  const { ino, ctimeNs } = statSync(path, { bigint: true });
  expect(noted.stamp.ino).toBe(`${ino}`);
  expect(noted.stamp.ctimeNs).not.toBe(`${ctimeNs}`);
  expect(again.stamp.ctimeNs).toBe(`${ctimeNs}`);
  expect(readManifestFile()).toEqual(again);
  await ensureRunner(paths, { build, thorough: true });
  expect(readManifestFile()).toEqual(again);
  writeFileSync(manifestFile(), JSON.stringify({ ...again, verifiedAt: "2026-01-01T00:00:00Z" }));
  await ensureRunner(paths, { build, thorough: true });
  expect(readManifestFile().verifiedAt >= again.verifiedAt).toBe(true);
});

test("changes nothing and says nothing when all is well", async () => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  const before = statSync(path);
  const said: string[] = [];

  const again = await ensureRunner(paths, { build, onProgress: (message) => said.push(message) });

  expect(again.path).toBe(path);
  expect(statSync(path).ino).toBe(before.ino);
  expect(said).toEqual([]);
});

test("says why it put a runner back", async () => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  const said: string[] = [];
  const onProgress = (message: string) => said.push(message);
  const other = readFileSync(path).fill("x");

  writeFileSync(path, other);
  await ensureRunner(paths, { build, thorough: true, onProgress });
  rmSync(path);
  await ensureRunner(paths, { build, onProgress });

  expect(said).toEqual([
    `installed agent-runner v1.0.0 (embedded) in ${path}`,
    `agent-runner v1.0.0 was damaged (it has SHA-256 ${sha256Hex(other)} instead of ${build.embedded.sha256}) and was put back`,
    `installed agent-runner v1.0.0 (embedded) in ${path}`,
    "agent-runner v1.0.0 was gone and was put back",
  ]);
});

/** What can be wrong with the file, and how it gets that way. */
const damages: [what: string, damage: (path: string) => void][] = [
  ["missing", (path) => rmSync(path)],
  ["missing with its folder", (path) => rmSync(dirname(path), { recursive: true })],
  ["empty", (path) => writeFileSync(path, "")],
  ["truncated", (path) => writeFileSync(path, readFileSync(path).subarray(0, 10))],
  [
    "changed in one bit, with its time restored",
    (path) => {
      const { atime, mtime } = statSync(path);
      const bytes = readFileSync(path);
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      utimesSync(path, atime, mtime);
    },
  ],
  ["world-writable", (path) => chmodSync(path, 0o777)],
  [
    "a link to a good copy",
    (path) => {
      const copy = join(paths.home, "copy");
      writeFileSync(copy, readFileSync(path));
      rmSync(path);
      symlinkSync(copy, path);
    },
  ],
  [
    "a directory",
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
  [
    "a FIFO",
    (path) => {
      rmSync(path);
      Bun.spawnSync(["mkfifo", path]);
    },
  ],
  ["in a folder that others may write", (path) => chmodSync(dirname(path), 0o777)],
  [
    "in a folder that is a link to another",
    (path) => {
      const elsewhere = join(paths.home, "elsewhere");
      renameSync(dirname(path), elsewhere);
      symlinkSync(elsewhere, dirname(path));
    },
  ],
  [
    "in a link that leads nowhere",
    (path) => {
      rmSync(dirname(path), { recursive: true });
      symlinkSync("nowhere", dirname(path));
    },
  ],
];

test.each(damages)("replaces a runner that is %s", async (_what, damage) => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  damage(path);

  const mended = await ensureRunner(paths, { build });

  expect(mended.path).toBe(path);
  expect(sha256Hex(readFileSync(publicFile()))).toBe(build.embedded.sha256);
});

test("keeps what it replaced, for whoever wants to know", async () => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  writeFileSync(path, "evidence");

  await ensureRunner(paths, { build });

  const [kept = ""] = quarantinedFolders(paths);
  expect(readFileSync(join(paths.runners, kept, "agent-runner"), "utf8")).toBe("evidence");
});

/** What can be wrong around a good file. */
const disorders: [what: string, disorder: () => void][] = [
  ["a dangling current", () => relink("current", "0000000000000000-gone")],
  ["a current that points to itself", () => relink("current", "current")],
  ["a current that leads elsewhere", () => relink("current", "/etc")],
  ["no public link", () => rmSync(publicFile())],
  [
    "a file as public link",
    () => {
      rmSync(publicFile());
      writeFileSync(publicFile(), "#!/bin/sh\n");
    },
  ],
  [
    "a folder as current",
    () => {
      rmSync(join(paths.runners, "current"));
      mkdirSync(join(paths.runners, "current/full"), { recursive: true });
    },
  ],
  ["another version noted", () => writeFileSync(join(paths.bin, ".version"), "v0.0.0\n")],
  ["no version noted", () => rmSync(join(paths.bin, ".version"))],
  ["a garbage manifest", () => writeFileSync(manifestFile(), "\u0000{")],
  ["an empty manifest", () => writeFileSync(manifestFile(), "")],
  ["a manifest of a schema to come", () => writeFileSync(manifestFile(), '{"schema":2}')],
  [
    "a folder as manifest",
    () => {
      rmSync(manifestFile());
      mkdirSync(join(manifestFile(), "full"), { recursive: true });
    },
  ],
  [
    "a FIFO as manifest",
    () => {
      rmSync(manifestFile());
      Bun.spawnSync(["mkfifo", manifestFile()]);
    },
  ],
  ["no manifest", () => rmSync(manifestFile())],
  ["a chosen runner that is gone", () => symlinkSync("0000000000000000-x", pinnedFile())],
  ["a choice that is garbage", () => writeFileSync(pinnedFile(), "")],
];
const manifestFile = () => join(paths.runners, current(), "manifest.json");
const readManifestFile = () => JSON.parse(readFileSync(manifestFile(), "utf8"));
const pinnedFile = () => join(paths.runners, "pinned");
function relink(name: string, target: string): void {
  rmSync(join(paths.runners, name));
  symlinkSync(target, join(paths.runners, name));
}

test.each(disorders)("mends %s around a good file", async (_what, disorder) => {
  const build = buildOf("v1.0.0");
  const { path } = await ensureRunner(paths, { build });
  const { ino } = statSync(path);
  disorder();

  await ensureRunner(paths, { build });

  expect(statSync(publicFile()).ino).toBe(ino);
  expect(readFileSync(join(paths.bin, ".version"), "utf8")).toBe("v1.0.0\n");
  expect(listRunners(paths)).toMatchObject([{ verdict: "good", roles: ["current"] }]);
});

test("names a damaged binary, and leaves nothing behind", async () => {
  const build = buildOf("v1.0.0");
  writeFileSync(build.embedded.file, "damaged on the way");

  const failing = ensureRunner(paths, { build, environment: { STIGMER_OFFLINE: "1" } });

  expect(failing).rejects.toMatchObject({
    message: "no good copy of agent-runner v1.0.0 was found",
    issues: [
      { message: `embedded: the binary ${process.execPath} is damaged` },
      { message: expect.stringContaining("download: offline: https://github.com/") },
      { message: expect.stringContaining("download: fetch it on another machine") },
    ],
  });
  await failing.catch(() => {});
  expect(listRunners(paths)).toEqual([]);
});

test("never takes into use what does not run", async () => {
  await ensureRunner(paths, { build: buildOf("v1.0.0") });
  const broken = buildOf("v1.0.1", "process.exit(9);");

  const failing = ensureRunner(paths, { build: broken });

  expect(failing).rejects.toThrow("the new agent-runner does not work: --version exited with 9");
  await failing.catch(() => {});
  expect(current()).toEndWith("-v1.0.0");
  expect(listRunners(paths)).toHaveLength(1);
});

const previous = () => readlinkSync(join(paths.runners, "previous"));

test("an upgrade keeps the runner before, and a downgrade finds it", async () => {
  const old = buildOf("v1.0.0");
  const first = await ensureRunner(paths, { build: old });
  const { ino } = statSync(first.path);

  await ensureRunner(paths, { build: buildOf("v1.1.0") });
  expect(previous()).toEndWith("-v1.0.0");
  const back = await ensureRunner(paths, { build: old, becomesCurrent: true });

  expect(statSync(back.path).ino).toBe(ino);
  expect(current()).toEndWith("-v1.0.0");
  expect(previous()).toEndWith("-v1.1.0");
});

test("two versions that are only used in turn leave the links alone, as long as they lead somewhere", async () => {
  const old = buildOf("v1.0.0");
  const build = buildOf("v1.1.0");
  const first = await ensureRunner(paths, { build: old });
  const second = await ensureRunner(paths, { build });

  expect(await ensureRunner(paths, { build: old })).toEqual(first);
  expect([current(), previous()].map((name) => name.slice(17))).toEqual(["v1.1.0", "v1.0.0"]);
  rmSync(second.path);
  await ensureRunner(paths, { build: old });

  expect(readFileSync(publicFile(), "utf8")).toContain("v1.0.0");
  expect(readFileSync(join(paths.bin, ".version"), "utf8")).toBe("v1.0.0\n");
});

test("a good runner is used although the links to it can't be mended", async () => {
  const build = buildOf("v1.0.0");
  const runner = await ensureRunner(paths, { build });
  rmSync(publicFile());
  const held = tryLock(lockPath(paths));
  const said: string[] = [];

  const used = await ensureRunner(paths, { build, onProgress: (message) => said.push(message) });
  held?.release();

  expect(used).toEqual(runner);
  expect(said).toEqual([
    expect.stringContaining(
      `what leads to the agent-runner stays as it is: process ${process.pid} has held`,
    ),
  ]);
});

test("a runner built by hand wins until it is reset, and every start says so", async () => {
  const build = buildOf("v1.0.0");
  await ensureRunner(paths, { build });
  const bytes = Buffer.from('console.log("agent-runner dev");');

  const local = await chooseRunner(paths, { bytes, version: "dev", target: "x", source: "local" });
  const said: string[] = [];
  const used = await ensureRunner(paths, { build, onProgress: (message) => said.push(message) });

  expect(used).toEqual({ ...local, chosenBy: "make install-agent-runner" });
  expect(used.source).toBe("local");
  expect(said).toEqual([
    "using the chosen agent-runner dev (local); `stigmer runner reset` ends that",
  ]);
  await resetRunner(paths);
  expect((await ensureRunner(paths, { build })).version).toBe("v1.0.0");
});

test("a chosen runner that was damaged is not used", async () => {
  const build = buildOf("v1.0.0");
  const bytes = Buffer.from('console.log("agent-runner dev");');
  const local = await chooseRunner(paths, { bytes, version: "dev", target: "x", source: "local" });
  writeFileSync(local.path, "rm -rf everything");
  const said: string[] = [];

  const used = await ensureRunner(paths, { build, onProgress: (message) => said.push(message) });

  expect(used.version).toBe("v1.0.0");
  expect(said[0]).toContain("is damaged; back to the one of this build");
  expect(existsSync(pinnedFile())).toBe(false);
});

test("a rollback checks and tries the runner before it switches", async () => {
  await ensureRunner(paths, { build: buildOf("v1.0.0") });
  const build = buildOf("v1.1.0");
  await ensureRunner(paths, { build });

  const back = await rollbackRunner(paths, build);
  expect(back.version).toBe("v1.0.0");
  expect((await ensureRunner(paths, { build })).version).toBe("v1.0.0");

  const forth = await rollbackRunner(paths, build);
  expect(forth.version).toBe("v1.1.0");
  expect(existsSync(pinnedFile())).toBe(false);
});

test("a rollback to a damaged runner is refused and changes nothing", async () => {
  const first = await ensureRunner(paths, { build: buildOf("v1.0.0") });
  const build = buildOf("v1.1.0");
  await ensureRunner(paths, { build });
  writeFileSync(first.path, "damaged");

  const failing = rollbackRunner(paths, build);

  expect(failing).rejects.toThrow("cannot be used: has 7 bytes instead of");
  await failing.catch(() => {});
  expect(current()).toEndWith("-v1.1.0");
});

test("checking everything notes when the good ones were checked and finds the others", async () => {
  await ensureRunner(paths, { build: buildOf("v1.0.0") });
  const newer = await ensureRunner(paths, { build: buildOf("v1.1.0") });
  const before = listRunners(paths).find(({ version }) => version === "v1.0.0");
  chmodSync(newer.path, 0o666);

  const after = verifyRunners(paths);

  const good = after.find(({ version }) => version === "v1.0.0");
  expect(good?.verdict).toBe("good");
  expect((good?.verifiedAt ?? "") >= (before?.verifiedAt ?? "z")).toBe(true);
  expect(after.find(({ version }) => version === "v1.1.0")).toMatchObject({
    verdict: "bad",
    reason: "can be written by others (mode 666)",
  });
});

test("who cannot get the lock is told who has it", async () => {
  mkdirSync(paths.runners, { recursive: true });
  const held = tryLock(lockPath(paths));

  const failing = ensureRunner(paths, {
    build: buildOf("v1.0.0"),
    environment: { STIGMER_LOCK_TIMEOUT: "0.05" },
  });

  expect(failing).rejects.toThrow(`process ${process.pid} has held`);
  await failing.catch(() => {});
  held?.release();
});

test("a file where the folder belongs is one clear sentence", async () => {
  writeFileSync(paths.runners, "");

  const failing = ensureRunner(paths, { build: buildOf("v1.0.0") });

  expect(failing).rejects.toThrow(`cannot install the agent-runner in ${paths.runners}`);
  await failing.catch(() => {});
});
