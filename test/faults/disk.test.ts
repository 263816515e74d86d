import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { binary, run } from "../multicall/compiled.ts";
import { areHere } from "../release/on-this-machine.ts";

const runner = readFileSync(join(import.meta.dir, "../../dist/agent-runner"));
const ANSWER = /^agent-runner \S+\n$/;
let home = "";
let mounts: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stigmer-disk-"));
});
afterEach(() => {
  for (const place of mounts) Bun.spawnSync(["umount", "-l", place]);
  mounts = [];
  rmSync(home, { recursive: true });
});

const state = () => join(home, "state");
const publicFile = () => join(state(), "bin/agent-runner");
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const start = () => run([binary, "agent-runner", "--version"], { home });
const hasBash = areHere("bash");
const startUnder = (shell: string) =>
  run(["bash", "-c", `${shell}; exec ${binary} agent-runner --version`], { home });

function mount(options: string): void {
  mkdirSync(state(), { recursive: true, mode: 0o700 });
  const made = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "none", state()]);
  if (!made.success) throw new Error(made.stderr.toString());
  if (!mounts.includes(state())) mounts.push(state());
}

const canMount = (() => {
  const place = mkdtempSync(join(tmpdir(), "stigmer-mount-"));
  const made = areHere("mount") && Bun.spawnSync(["mount", "-t", "tmpfs", "none", place]).success;
  if (made) Bun.spawnSync(["umount", place]);
  rmSync(place, { recursive: true });
  if (!made) console.warn("skipped: this user may not mount a file system");
  return made;
})();

/** Nothing half done is left, and nothing is in use that is not good. */
function expectClean(): void {
  const names = existsSync(join(state(), "runners")) ? readdirSync(join(state(), "runners")) : [];
  expect(names.filter((name) => name.startsWith(".tmp-"))).toEqual([]);
  if (existsSync(publicFile())) {
    expect(sha256Hex(readFileSync(publicFile()))).toBe(sha256Hex(runner));
  }
}

test.skipIf(!canMount).each([10, 50, 99])(
  "a disk with room for %d %% of the runner is one sentence, and works once there is room",
  async (percent) => {
    mount(`size=${Math.floor((runner.length * percent) / 100)}`);

    const refused = await start();
    expectClean();
    Bun.spawnSync(["mount", "-o", "remount,size=64m", state()]);
    const next = await start();

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: .* bytes free, \d+ are needed\nhint: /);
    expect(next.stdout).toMatch(ANSWER);
    expectClean();
  },
);

test.skipIf(!hasBash).each([10, 50, 99])(
  "a write that is cut off at %d %% leaves nothing behind",
  async (percent) => {
    const blocks = Math.floor((runner.length * percent) / 100 / 1024);

    const refused = await startUnder(`trap '' XFSZ; ulimit -f ${blocks}`);
    expectClean();
    const next = await start();

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toStartWith("error: cannot install the agent-runner in");
    expect(existsSync(publicFile())).toBe(true);
    expect(next.stdout).toMatch(ANSWER);
  },
);

test.skipIf(!canMount)("a full disk does not take away the runner that was there", async () => {
  mount("size=8m");
  await start();
  writeFileSync(publicFile(), "damaged");
  const free = statOf(state());
  writeFileSync(join(state(), "filler"), Buffer.alloc(free - 64 * 1024));

  const refused = await start();
  rmSync(join(state(), "filler"));
  const next = await start();

  expect(refused.status).toBe(1);
  expect(next.stdout).toMatch(ANSWER);
  expectClean();
});

test.skipIf(!canMount)("a full disk is no hindrance once the runner is there", async () => {
  mount("size=8m");
  await start();
  // Its stamp no longer fits, so that a start has something to note.
  chmodSync(publicFile(), 0o700);
  chmodSync(publicFile(), 0o755);
  fill(join(state(), "filler"));

  const next = await start();

  expect(next).toMatchObject({ status: 0, stderr: "" });
  expect(next.stdout).toMatch(ANSWER);
  const folders = [join(state(), "runners/current"), join(state(), "runners/.refs")];
  const names = folders.flatMap((folder) => readdirSync(folder));
  expect(names.filter((name) => !/^(agent-runner|manifest\.json|\d+\.json)$/.test(name))).toEqual(
    [],
  );
});

/** Until not one page is left. */
function fill(path: string): void {
  const filled = Bun.spawnSync(["dd", "if=/dev/zero", `of=${path}`, "bs=4096"], {
    stderr: "ignore",
  });
  expect(filled.success).toBe(false);
}

test.skipIf(!canMount)("a home that forbids to execute does not matter", async () => {
  mount("noexec,size=64m");

  expect((await start()).stdout).toMatch(ANSWER);
});

test.skipIf(!canMount)(
  "a home that became read-only is no hindrance once the runner is there",
  async () => {
    mount("size=64m");
    await start();
    Bun.spawnSync(["mount", "-o", "remount,ro", state()]);

    const next = await start();

    expect(next.stdout).toMatch(ANSWER);
    expect(next.stderr).toBe("");
  },
);

test.skipIf(!canMount)("a home that is read-only from the beginning is one sentence", async () => {
  mount("ro,size=64m");

  const refused = await start();
  const server = await run([binary, "server", "--port", "0"], { home });

  expect(refused.status).toBe(1);
  expect(refused.stderr).toStartWith("error: cannot install the agent-runner in");
  expect(refused.stderr).toContain("the file system is read-only");
  expect(server.status).not.toBe(0);
  expect(server.stderr).toStartWith("error: ");
  expect(`${refused.stderr}${server.stderr}`).not.toContain("    at ");
});

test.skipIf(!hasBash).each(["077", "000"])("umask %s gives the same modes", async (umask) => {
  await startUnder(`umask ${umask}`);

  expect(modeOf(publicFile())).toBe("755");
  expect(modeOf(join(state(), "runners"))).toBe("700");
  expect(modeOf(join(state(), "bin"))).toBe("700");
  expect((await start()).stderr).toBe("");
});

/** Bytes that a file system has free. */
function statOf(path: string): number {
  const [free = "0"] = Bun.spawnSync(["stat", "-f", "-c", "%a", path])
    .stdout.toString()
    .split("\n");
  const [size = "4096"] = Bun.spawnSync(["stat", "-f", "-c", "%S", path])
    .stdout.toString()
    .split("\n");
  return Number(free) * Number(size);
}
