import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { damagedBinary, turnOneBit } from "../faults/damaged-binary.ts";
import { releaseFiles } from "../faults/release-files.ts";
import { startReleaseServer } from "../faults/release-server.ts";
import { type Ground, ground } from "../faults/started-server.ts";
import { binary, releases } from "../multicall/compiled.ts";

const root = resolve(import.meta.dir, "../..");
const SLOW_MS = 180_000;
const NOT_COPIED = new Set(["node_modules", "dist", ".git", ".tools"]);

/** A checkout of its own: what is built and removed in it is nobody else's. */
const checkout = mkdtempSync(join(tmpdir(), "stigmer-checkout-"));
afterAll(() => rmSync(checkout, { recursive: true }));
const bin = join(checkout, "bin");
const own = join(bin, "stigmer");
const bundle = join(checkout, "dist/agent-runner");

beforeAll(() => {
  for (const name of readdirSync(root).filter((entry) => !NOT_COPIED.has(entry))) {
    cpSync(join(root, name), join(checkout, name), { recursive: true, preserveTimestamps: true });
  }
  for (const name of ["node_modules", ".tools"]) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(checkout, name));
  }
  mkdirSync(join(checkout, "dist"));
  cpSync(join(root, "dist/agent-runner"), bundle, { preserveTimestamps: true });
});

/** A verb of the Makefile, as a developer types it, for a home of its own. */
async function make(place: Ground, ...words: string[]) {
  const child = Bun.spawn(["make", "--no-print-directory", ...words, `PREFIX=${bin}`], {
    cwd: checkout,
    env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return { status: child.exitCode, stdout, stderr };
}

const start = (place: Ground, file = binary) =>
  place.stigmer(["server", "--port", "0"], { binary: file });
const logOf = (place: Ground, part = "server") =>
  readFileSync(join(place.state, `logs/${part}.log`), "utf8");
const publicFile = (place: Ground) => join(place.state, "bin/agent-runner");

/** Which file it is: another one after it was built again. */
function identityOf(path: string): { ino: number; mtimeMs: number } {
  const { ino, mtimeMs } = lstatSync(path);
  return { ino, mtimeMs };
}

function expectExecutable(path: string): void {
  expect(() => accessSync(path, constants.X_OK)).not.toThrow();
}

async function expectEverythingRuns(place: Ground): Promise<void> {
  const { parts } = await place.status();
  expect(parts.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "workflow-runner ready",
    "agent-runner ready",
  ]);
}

describe("a developer's checkout", () => {
  test(
    "B-080, B-081: release-local compiles quickly, reuses the agent-runner, and links the names",
    async () => {
      await using place = ground();
      const before = identityOf(bundle);
      rmSync(bin, { recursive: true, force: true });

      const made = await make(place, "release-local");

      expect(made).toMatchObject({ status: 0, stderr: "" });
      expect(made.stdout).toContain(`installed  ${own}  dev`);
      expect(made.stdout).not.toContain("dist/agent-runner");
      expect(identityOf(bundle)).toEqual(before);
      expectExecutable(own);
      for (const name of ["stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"]) {
        expect(readlinkSync(join(bin, name))).toBe("stigmer");
      }
      const told = await place.stigmer(["--version"], { binary: own });
      expect(told.stdout).toStartWith("stigmer dev");
      expect(existsSync(place.state)).toBe(false);
    },
    SLOW_MS,
  );

  test(
    "B-083: install-agent-runner builds and installs that alone, and says what it put where",
    async () => {
      await using place = ground();
      const before = identityOf(own);
      const compiled = identityOf(join(checkout, "dist/stigmer"));

      const made = await make(place, "install-agent-runner");

      expect(made).toMatchObject({ status: 0, stderr: "" });
      const folder = `${sha256Hex(readFileSync(bundle)).slice(0, 16)}-dev`;
      const file = join(place.state, "runners", folder, "agent-runner");
      expect(made.stdout).toContain(`installed  ${file}  dev  sha256 ${folder.slice(0, 16)}\n`);
      expect(made.stdout).toContain("`stigmer server restart`");
      expect(readFileSync(publicFile(place)).equals(readFileSync(bundle))).toBe(true);
      expectExecutable(publicFile(place));
      expect(identityOf(own)).toEqual(before);
      expect(identityOf(join(checkout, "dist/stigmer"))).toEqual(compiled);
    },
    SLOW_MS,
  );

  test(
    "an edit of src/agent-runner reaches a running server by install-agent-runner and a restart",
    async () => {
      await using place = ground();
      const before = identityOf(own);
      await start(place, own);
      const entry = join(checkout, "src/agent-runner/main.ts");
      const unedited = readFileSync(entry, "utf8");
      expect(logOf(place, "agent-runner")).not.toContain("edited by a developer");

      writeFileSync(entry, `process.stderr.write("edited by a developer\\n");\n${unedited}`);
      const made = await make(place, "install-agent-runner");
      const restarted = await place.stigmer(["server", "restart"], { binary: own });
      writeFileSync(entry, unedited);

      expect([made.status, restarted.status]).toEqual([0, 0]);
      await expectEverythingRuns(place);
      expect(logOf(place, "agent-runner")).toContain("edited by a developer");
      expect(logOf(place)).toContain(
        "using the chosen agent-runner dev (local); `stigmer runner reset` ends that",
      );
      expect(identityOf(own)).toEqual(before);
    },
    SLOW_MS,
  );

  test(
    "what was built by hand is used until it is reset, and the list says so",
    async () => {
      await using place = ground();
      await make(place, "install-agent-runner");

      const list = await place.stigmer(["runner", "list", "--json"], { binary: own });
      await place.stigmer(["runner", "reset"], { binary: own });
      const after = await place.stigmer(["agent-runner", "--version"], { binary: own });

      const used = JSON.parse(list.stdout).runners.filter(({ roles }: { roles: string[] }) =>
        roles.includes("current"),
      );
      expect(used).toMatchObject([{ source: "local", version: "dev", verdict: "good" }]);
      expect(after.stderr).not.toContain("chosen");
      expect(existsSync(join(place.state, "runners/pinned"))).toBe(false);
    },
    SLOW_MS,
  );

  test(
    "B-082, B-089: clean and release-local-full on an empty home make everything, and it runs",
    async () => {
      await using place = ground();
      await make(place, "clean");
      rmSync(bin, { recursive: true });
      expect(existsSync(join(checkout, "dist"))).toBe(false);

      const made = await make(place, "release-local-full");
      const started = await start(place, own);

      expect(made).toMatchObject({ status: 0, stderr: "" });
      expect(made.stdout).toContain(`installed  ${join(place.state, "runners")}`);
      expect(made.stdout).toContain(`installed  ${own}  dev`);
      for (const file of [own, publicFile(place)]) expectExecutable(file);
      expect(started.status).toBe(0);
      await expectEverythingRuns(place);
    },
    SLOW_MS,
  );

  test("B-088: make help lists every verb with a line, and none about containers", async () => {
    await using place = ground();

    const { stdout } = await make(place, "help");

    const lines = stdout.trim().split("\n");
    const verbs = lines.map((line) => line.split(" ")[0]);
    const wanted =
      "setup build build-agent-runner install-agent-runner install release-local release-local-full " +
      "demo dev test check fmt bench clean ci";
    for (const verb of wanted.split(" ")) expect(verbs).toContain(verb);
    expect(lines.filter((line) => !/^\S+ +\S/.test(line))).toEqual([]);
    expect(stdout).not.toMatch(/docker|pyinstaller|poetry/i);
  });

  test("VERSION must be a version", async () => {
    await using place = ground();

    const { status, stderr } = await make(place, "build", "VERSION=tomorrow");

    expect(status).not.toBe(0);
    expect(stderr).toContain('VERSION is "tomorrow", which is not a version');
  });
});

describe("what a developer checks by hand", () => {
  test(
    "B-084: a start with the runner in place fetches nothing, and every part runs and can be read",
    async () => {
      await using place = ground({ STIGMER_DOWNLOAD_BASE_URL: "http://127.0.0.1:9" });
      await place.stigmer(["agent-runner", "--version"]);
      const { ino } = statSync(publicFile(place));

      const started = await start(place);
      const status = await place.stigmer(["server", "status"]);
      const logs = await place.stigmer(["server", "logs"]);

      expect(started.status).toBe(0);
      expect(status.status).toBe(0);
      await expectEverythingRuns(place);
      expect(statSync(publicFile(place)).ino).toBe(ino);
      expect(`${started.stderr}${logOf(place)}`).not.toContain("installed agent-runner");
      expect(logs.stdout).toContain("agent-runner");
      expect(logOf(place, "agent-runner")).toContain('"ready"');
    },
    SLOW_MS,
  );

  test(
    "B-085: a release whose runner is missing gets that of its own version; a build of a developer says what to run",
    async () => {
      await using place = ground();
      const { version, runner } = releases.old;
      const asset = `agent-runner-${version}-${target}`;
      const files = releaseFiles(version, { [asset]: readFileSync(runner) });
      const server = await startReleaseServer({ files });
      const damagedDev = join(place.home, "stigmer");
      cpSync(binary, damagedDev);
      turnOneBit(damagedDev, readFileSync(join(root, "dist/agent-runner")).subarray(-64));

      const started = await place.stigmer(["server", "--port", "0"], {
        binary: damagedBinary(),
        environment: { STIGMER_DOWNLOAD_BASE_URL: server.url },
      });
      await server.stop();
      await using other = ground();
      const refused = await other.stigmer(["agent-runner", "--version"], { binary: damagedDev });

      expect(started.status).toBe(0);
      await expectEverythingRuns(place);
      expect(server.requests.map(({ path }) => path)).toEqual([`/${version}/${asset}`]);
      expect(started.stderr).toContain(`installed agent-runner ${version} (download)`);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain("run `make install-agent-runner`");
      const made = await make(other, "install-agent-runner");
      expect(made.status).toBe(0);
      const healed = await other.stigmer(["agent-runner", "--version"], { binary: damagedDev });
      expect(healed.stdout).toBe("agent-runner dev\n");
    },
    SLOW_MS,
  );

  test(
    "B-086: a version that is noted wrongly is mended by a start",
    async () => {
      await using place = ground();
      await place.stigmer(["agent-runner", "--version"]);
      writeFileSync(join(place.state, "bin/.version"), "v0.0.0\n");

      const started = await start(place);

      expect(started.status).toBe(0);
      expect(readFileSync(join(place.state, "bin/.version"), "utf8")).toBe("dev\n");
    },
    SLOW_MS,
  );

  test(
    "B-087: one file runs under each name, and no other program is installed",
    async () => {
      await using place = ground();
      await start(place);

      const status = await place.status();
      const commands = [status.pid, ...status.parts.map(({ pid }) => pid ?? 0)].map((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"),
      );

      expect(commands.map(([file]) => file)).toEqual([binary, binary, binary]);
      expect(commands[0]?.[1]).toBe("internal-server");
      expect(commands[1]?.[1]).toBe("internal-workflow-runner");
      expect(commands[2]?.map((word) => basename(word))).toContain("agent-runner");
      expect(readdirSync(join(place.state, "bin")).toSorted()).toEqual([
        ".version",
        "agent-runner",
      ]);
    },
    SLOW_MS,
  );
});

const published = join(root, "dist/test/release", releases.old.version);
const isPublished = existsSync(published);
if (!isPublished) console.warn("skipped: no release was made to look at");

describe.skipIf(!isPublished)("what a release brings", () => {
  const { version } = releases.old;
  const archive = `stigmer-${version}-${target}.tar.gz`;
  const runner = `agent-runner-${version}-${target}`;

  test("B-090: for each platform the archive and the agent-runner, and a checksum beside each", () => {
    for (const name of [archive, runner]) {
      const digest = sha256Hex(readFileSync(join(published, name)));
      expect(readFileSync(join(published, `${name}.sha256`), "utf8")).toBe(`${digest}  ${name}\n`);
    }
  });

  test(
    "B-091: what is in the archive starts on a clean home, in that version",
    async () => {
      await using place = ground({ STIGMER_OFFLINE: "1" });
      const unpacked = join(place.home, "stigmer");
      await new Bun.Archive(readFileSync(join(published, archive))).extract(place.home);

      const told = await place.stigmer(["version"], { binary: unpacked });
      const started = await start(place, unpacked);

      expect(told.stdout).toStartWith(`stigmer ${version} `);
      expect(started.status).toBe(0);
      await expectEverythingRuns(place);
      const file = readFileSync(publicFile(place));
      expect(file.equals(readFileSync(join(published, runner)))).toBe(true);
    },
    SLOW_MS,
  );
});
