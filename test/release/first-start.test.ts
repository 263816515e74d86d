import { expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { RUNTIME_FLAGS } from "../../src/release/runner-command.ts";
import { turnOneBit } from "../faults/damaged-binary.ts";
import { releaseFiles } from "../faults/release-files.ts";
import { startReleaseServer } from "../faults/release-server.ts";
import { binary, run, scratchFolder, testBinary } from "../multicall/compiled.ts";

const ANSWER = /^agent-runner \S+\n$/;
const start = (home: string, file = binary, environment: Record<string, string> = {}) =>
  run([file, "agent-runner", "--version"], { home, environment });
const runners = (home: string) => join(home, "state/runners");
const publicFile = (home: string) => join(home, "state/bin/agent-runner");

test("the first start installs exactly what the binary carries, the second nothing", async () => {
  using folder = scratchFolder();

  const first = await start(folder.path);
  const { ino } = statSync(publicFile(folder.path));
  const second = await start(folder.path);

  expect(first.stdout).toMatch(ANSWER);
  expect(first.stderr).toStartWith("installed agent-runner ");
  const told = await run([binary, "runner", "path", "--json"], { home: folder.path });
  expect(sha256Hex(readFileSync(publicFile(folder.path)))).toBe(JSON.parse(told.stdout).sha256);
  expect(second).toEqual({ ...first, stderr: "" });
  expect(statSync(publicFile(folder.path)).ino).toBe(ino);
});

test("what was installed is noted beside it", async () => {
  using folder = scratchFolder();
  const before = new Date().toISOString();

  await start(folder.path);

  const path = join(runners(folder.path), "current/agent-runner");
  const noted = JSON.parse(readFileSync(join(path, "../manifest.json"), "utf8"));
  const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  expect(noted).toEqual({
    schema: 1,
    version: "dev",
    target,
    sha256: sha256Hex(readFileSync(path)),
    size: Number(size),
    source: "embedded",
    installedAt: noted.installedAt,
    verifiedAt: noted.installedAt,
    stamp: {
      ino: `${ino}`,
      size: Number(size),
      mtimeNs: `${mtimeNs}`,
      ctimeNs: `${ctimeNs}`,
    },
  });
  expect(noted.installedAt > before).toBe(true);
});

test.each(["SIGTERM", "SIGINT", "SIGKILL"] as const)(
  "%s reaches the agent-runner itself, which ends as it would alone",
  async (signal) => {
    using folder = scratchFolder();
    const socket = join(folder.path, "s.sock");
    const open = (command: string[], environment: Record<string, string>) =>
      Bun.spawn([...command, "--socket", socket], {
        cwd: folder.path,
        env: {
          PATH: process.env["PATH"],
          HOME: folder.path,
          STIGMER_HOME: join(folder.path, "state"),
          ...environment,
        },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      });
    const endOf = async (child: Bun.Subprocess) => {
      while (!(await isAnswered(socket))) await Bun.sleep(10);
      child.kill(signal);
      await child.exited;
      rmSync(socket, { force: true });
      return { status: child.exitCode, signal: child.signalCode };
    };

    const through = await endOf(open([binary, "agent-runner"], {}));
    const direct = await endOf(
      open([binary, ...RUNTIME_FLAGS, publicFile(folder.path)], { BUN_BE_BUN: "1" }),
    );

    expect(through).toEqual(direct);
    expect(through).toEqual(
      signal === "SIGKILL" ? { status: null, signal } : { status: 0, signal: null },
    );
  },
  30_000,
);

test("twenty first starts at once: one installs, all succeed", async () => {
  using folder = scratchFolder();

  const all = await Promise.all(Array.from({ length: 20 }, () => start(folder.path)));

  expect(all.map(({ status }) => status)).toEqual(Array(20).fill(0));
  expect(all.filter(({ stdout }) => ANSWER.test(stdout))).toHaveLength(20);
  expect(all.filter(({ stderr }) => stderr.includes("installed agent-runner"))).toHaveLength(1);
  const left = readdirSync(runners(folder.path)).filter((name) => !name.endsWith("-dev"));
  expect(left.toSorted()).toEqual([".lock", ".refs", "current"]);
});

test.each([
  "locked",
  "scratch-made",
  "written",
  "smoked",
  "manifest-written",
  "old-moved",
  "renamed",
  "previous-linked",
  "current-linked",
  "public-linked",
])("kill -9 when %s leaves the old state or the new, and the next start works", async (point) => {
  using folder = scratchFolder();
  const home = folder.path;

  const killed = await start(home, testBinary, { STIGMER_TEST_CHECKPOINT: point });
  const between = stateOf(home);
  const next = await start(home);

  expect(killed.signal).toBe("SIGKILL");
  expect(["nothing", "good"]).toContain(between);
  expect(next.stdout).toMatch(ANSWER);
  expect(stateOf(home)).toBe("good");
  expect(readdirSync(runners(home)).filter((name) => name.startsWith(".tmp-"))).toEqual([]);
});

test("the file that people get knows of no such points", async () => {
  using folder = scratchFolder();

  const started = await start(folder.path, binary, { STIGMER_TEST_CHECKPOINT: "written" });

  expect(started).toMatchObject({ status: 0, signal: null });
});

test.each(["written", "old-moved", "renamed", "current-linked"])(
  "kill -9 when %s while a damaged runner is replaced",
  async (point) => {
    using folder = scratchFolder();
    const home = folder.path;
    await start(home);
    writeFileSync(publicFile(home), "damaged");

    const killed = await start(home, testBinary, { STIGMER_TEST_CHECKPOINT: point });
    const next = await start(home);

    expect(killed.signal).toBe("SIGKILL");
    expect(next.stdout).toMatch(ANSWER);
    expect(stateOf(home)).toBe("good");
  },
);

test("a damaged build of a developer is named as such, says what to run and never downloads", async () => {
  using folder = scratchFolder();
  const home = folder.path;
  const damaged = join(home, "stigmer");
  cpSync(binary, damaged);
  const runner = readFileSync(join(import.meta.dir, "../../dist/agent-runner"));
  turnOneBit(damaged, runner.subarray(-64));
  const files = releaseFiles("dev", { [`agent-runner-dev-${target}`]: runner });
  const server = await startReleaseServer({ files });

  const { status, stderr } = await start(home, damaged, { STIGMER_DOWNLOAD_BASE_URL: server.url });
  await server.stop();

  expect(status).toBe(1);
  expect(stderr).toContain(`embedded: the binary ${damaged} is damaged`);
  expect(stderr).toContain("run `make install-agent-runner`");
  expect(server.requests).toEqual([]);
  expect(existsSync(publicFile(home))).toBe(false);
});

test("a truncated runner is replaced although it has a good name, and put aside", async () => {
  using folder = scratchFolder();
  const home = folder.path;
  await start(home);
  truncateSync(publicFile(home), 100);

  const { stdout } = await start(home);

  expect(stdout).toMatch(ANSWER);
  expect(readdirSync(runners(home)).some((name) => name.startsWith(".bad-"))).toBe(true);
});

/** Whether somebody who listens there is ready to be asked, and so to be told to stop. */
async function isAnswered(unix: string): Promise<boolean> {
  try {
    return (await fetch("http://localhost/healthz", { unix })).ok;
  } catch {
    return false;
  }
}

/** What the public path leads to. */
function stateOf(home: string): "nothing" | "good" | "bad" {
  if (!existsSync(publicFile(home))) return "nothing";
  expect(readlinkSync(publicFile(home))).toBe("../runners/current/agent-runner");
  const digest = readlinkSync(join(runners(home), "current")).slice(0, 16);
  return sha256Hex(readFileSync(publicFile(home))).startsWith(digest) ? "good" : "bad";
}
