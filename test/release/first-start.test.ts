import { expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
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

test("a damaged binary is named as such", async () => {
  using folder = scratchFolder();
  const home = folder.path;
  const damaged = join(home, "stigmer");
  cpSync(binary, damaged);
  const bytes = readFileSync(damaged);
  const runner = readFileSync(join(import.meta.dir, "../../dist/agent-runner"));
  const place = bytes.lastIndexOf(runner.subarray(-64));
  expect(place).toBeGreaterThan(0);
  bytes[place + 10] = (bytes[place + 10] ?? 0) ^ 1;
  writeFileSync(damaged, bytes);

  const { status, stderr } = await start(home, damaged);

  expect(status).toBe(1);
  expect(stderr).toContain(`embedded: the binary ${damaged} is damaged`);
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

/** What the public path leads to. */
function stateOf(home: string): "nothing" | "good" | "bad" {
  if (!existsSync(publicFile(home))) return "nothing";
  expect(readlinkSync(publicFile(home))).toBe("../runners/current/agent-runner");
  const digest = readlinkSync(join(runners(home), "current")).slice(0, 16);
  return sha256Hex(readFileSync(publicFile(home))).startsWith(digest) ? "good" : "bad";
}
