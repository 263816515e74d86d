import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

import { tryLock } from "../../src/base/file-lock.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { releases, run } from "../multicall/compiled.ts";
import { type Ground, ground, pidsOf } from "./started-server.ts";

const SLOW_MS = 120_000;
const { old, new: newer } = releases;
const runners = (place: Ground) => join(place.state, "runners");
const lockFile = (place: Ground) => join(runners(place), ".lock");
const ask = (place: Ground, environment: Record<string, string> = {}, binary = old.binary) =>
  place.stigmer(["agent-runner", "--version"], { binary, environment });
const prune = (place: Ground) =>
  place.stigmer(["runner", "prune", "--json"], { binary: newer.binary });
const installed = (place: Ground) =>
  readdirSync(runners(place))
    .filter((name) => /^[0-9a-f]{16}-/.test(name))
    .map((name) => name.slice(17))
    .toSorted();

/** A runner that a person built, under a version of its own. */
async function installOther(place: Ground, version: string): Promise<void> {
  const text = `console.log("agent-runner ${version}");`;
  const file = join(place.home, version);
  writeFileSync(file, text);
  const digest = ["--allow-digest", sha256Hex(text)];
  await place.stigmer(["runner", "install", "--from", file, ...digest], { binary: newer.binary });
}

/** A process that has the lock until it is ended. */
async function holderOf(path: string): Promise<Bun.Subprocess<"ignore", "pipe">> {
  const source = `
    import { tryLock } from ${JSON.stringify(resolve(import.meta.dir, "../../src/base/file-lock.ts"))};
    if (tryLock(${JSON.stringify(path)})) console.log("held");
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", source], { stdin: "ignore", stdout: "pipe" });
  for await (const chunk of child.stdout) if (chunk.length > 0) break;
  return child;
}

/** Reads until a line says so. */
async function untilSaid(stream: ReadableStream<Uint8Array>, words: string): Promise<void> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(words)) return;
  }
  throw new Error(`it was never said, only: ${text}`);
}

/** Which version a link leads to. */
const linked = (place: Ground, name: string) => readlinkSync(join(runners(place), name)).slice(17);
const mayMount =
  process.platform === "linux" &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).success;
if (!mayMount) console.warn("skipped: this user may not mount a file system");

describe.concurrent("two versions in one home", () => {
  test(
    "leave the links alone when they are used in turn; a start of the server moves them",
    async () => {
      await using place = ground();
      await ask(place, {}, old.binary);
      await ask(place, {}, newer.binary);

      const back = await ask(place, {}, old.binary);
      expect(back).toMatchObject({ stdout: `agent-runner ${old.version}\n`, stderr: "" });
      expect([linked(place, "current"), linked(place, "previous")]).toEqual([
        newer.version,
        old.version,
      ]);
      await place.stigmer(["server", "--port", "0"], { binary: old.binary });

      expect([linked(place, "current"), linked(place, "previous")]).toEqual([
        old.version,
        newer.version,
      ]);
      expect(readFileSync(join(place.state, "bin/.version"), "utf8")).toBe(`${old.version}\n`);
    },
    SLOW_MS,
  );

  test.skipIf(!mayMount)(
    "both run from a disk that has become read-only",
    async () => {
      await using place = ground();
      await ask(place, {}, old.binary);
      await ask(place, {}, newer.binary);
      const mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"';
      const script = `${mount} && exec "$0" agent-runner --version`;
      const answer = (binary: string) =>
        run(["unshare", "--mount", "sh", "-c", script, binary, place.state], { home: place.home });

      expect(await answer(old.binary)).toMatchObject({
        stdout: `agent-runner ${old.version}\n`,
        stderr: "",
      });
      rmSync(join(place.state, "bin/agent-runner"));
      const again = await answer(newer.binary);

      expect(again.stdout).toBe(`agent-runner ${newer.version}\n`);
      expect(again.stderr).toContain("what leads to the agent-runner stays as it is: ");
      expect(again.stderr).toContain("the file system is read-only");
    },
    SLOW_MS,
  );
});

describe.concurrent("the lock", () => {
  test(
    "is waited for, with a line that names who has it, and is free when that one is killed",
    async () => {
      await using place = ground();
      mkdirSync(runners(place), { recursive: true, mode: 0o700 });
      const holder = await holderOf(lockFile(place));
      const waiting = Bun.spawn([old.binary, "agent-runner", "--version"], {
        cwd: place.home,
        env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });

      await untilSaid(
        waiting.stderr,
        `waiting for process ${holder.pid} to install the agent-runner`,
      );
      holder.kill("SIGKILL");
      await holder.exited;

      expect(await waiting.stdout.text()).toBe(`agent-runner ${old.version}\n`);
      expect(await waiting.exited).toBe(0);
    },
    SLOW_MS,
  );

  test(
    "that nobody lets go ends the wait after STIGMER_LOCK_TIMEOUT",
    async () => {
      await using place = ground();
      mkdirSync(runners(place), { recursive: true, mode: 0o700 });
      const held = tryLock(lockFile(place));

      const outcome = await ask(place, { STIGMER_LOCK_TIMEOUT: "0.3" });
      held?.release();

      expect(outcome).toMatchObject({ status: 1, stdout: "" });
      expect(outcome.stderr).toContain(
        `error: process ${process.pid} has held ${lockFile(place)} for more than 0.3 s\nhint: end that process, or wait longer with STIGMER_LOCK_TIMEOUT=`,
      );
    },
    SLOW_MS,
  );

  test(
    "is not needed by a start that finds all in order",
    async () => {
      await using place = ground();
      await ask(place);
      const held = tryLock(lockFile(place));

      const outcome = await ask(place, { STIGMER_LOCK_TIMEOUT: "0.1" });
      held?.release();

      expect(outcome).toMatchObject({ status: 0, stderr: "" });
    },
    SLOW_MS,
  );

  test.each(["soon", "0", "-5"])("is not waited for %s seconds", async (text) => {
    await using place = ground();

    const outcome = await ask(place, { STIGMER_LOCK_TIMEOUT: text });

    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toContain(`STIGMER_LOCK_TIMEOUT is "${text}"`);
    expect(outcome.stderr).toContain("write it like STIGMER_LOCK_TIMEOUT=300");
  });

  test.each([
    ["garbage", (path: string) => writeFileSync(path, "\u0000")],
    [
      "the number of nobody",
      (path: string) => writeFileSync(path, '{"pid":4194000,"startTime":"1@x"}'),
    ],
  ])(
    "file may hold %s",
    async (_what, write) => {
      await using place = ground();
      mkdirSync(runners(place), { recursive: true, mode: 0o700 });
      write(lockFile(place));

      expect(await ask(place)).toMatchObject({ status: 0 });
    },
    SLOW_MS,
  );

  test.each([
    ["a directory", (path: string) => mkdirSync(path)],
    ["a link", (path: string) => symlinkSync("/etc/hostname", path)],
  ])(
    "file that is %s is one sentence, and nothing is written through it",
    async (_what, put) => {
      await using place = ground();
      mkdirSync(runners(place), { recursive: true, mode: 0o700 });
      put(lockFile(place));

      const outcome = await ask(place);

      expect(outcome).toMatchObject({ status: 1, stdout: "" });
      expect(outcome.stderr).toStartWith("error: ");
      expect(outcome.stderr).toContain("\nhint: ");
      expect(outcome.stderr).toContain(".lock");
      expect(outcome.stderr).not.toContain("inside stigmer");
    },
    SLOW_MS,
  );
});

describe("what nobody needs", () => {
  test(
    "goes after a healthy start, and nothing else",
    async () => {
      await using place = ground();
      for (const version of ["one", "two", "three"]) await installOther(place, version);
      await place.stigmer(["runner", "reset"], { binary: newer.binary });
      const kept = [".note", "notes", "0123456789abcdef", "ffff-v1", "0123456789ABCDEF-v1"];
      for (const name of [...kept, ".tmp-1-dead", ".bad-0-a", ".bad-1-b", ".bad-2-c", ".bad-3-d"]) {
        mkdirSync(join(runners(place), name));
      }

      await place.stigmer(["server", "--port", "0"], { binary: newer.binary });
      while (!logOf(place).includes("removed what nobody needs")) await Bun.sleep(20);

      expect(installed(place)).toEqual(["three", newer.version].toSorted());
      const left = readdirSync(runners(place));
      expect(left).toEqual(expect.arrayContaining([...kept, ".bad-1-b", ".bad-2-c", ".bad-3-d"]));
      expect(left).not.toContain(".tmp-1-dead");
      expect(left).not.toContain(".bad-0-a");
    },
    SLOW_MS,
  );

  test.each([
    ["a note of use cannot be read", (folder: string) => writeFileSync(join(folder, "1.json"), "")],
    [
      "a note of use is a pipe",
      (folder: string) => Bun.spawnSync(["mkfifo", join(folder, "1.json")]),
    ],
    [
      "the notes of use cannot be listed",
      (folder: string) => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, "");
      },
    ],
  ])(
    "stays when %s",
    async (_what, spoil) => {
      await using place = ground();
      await ask(place);
      await installOther(place, "one");
      await installOther(place, "two");
      spoil(join(runners(place), ".refs"));

      const { stdout } = await prune(place);

      expect(JSON.parse(stdout)).toEqual({ removed: [] });
      expect(installed(place)).toEqual(["one", "two", old.version].toSorted());
    },
    SLOW_MS,
  );

  test(
    "stays as long as a process in the foreground uses it, and goes once that is killed",
    async () => {
      await using place = ground();
      const user = Bun.spawn([old.binary, "agent-runner"], {
        cwd: place.home,
        env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      });
      while (!existsSync(join(runners(place), "current/agent-runner"))) await Bun.sleep(20);
      await installOther(place, "one");
      await installOther(place, "two");

      const during = await prune(place);
      expect(installed(place)).toEqual(["one", "two", old.version].toSorted());
      user.kill("SIGKILL");
      await user.exited;
      const after = await prune(place);

      expect(JSON.parse(during.stdout)).toEqual({ removed: [] });
      expect(JSON.parse(after.stdout).removed).toHaveLength(1);
      expect(installed(place)).toEqual(["one", "two"]);
    },
    SLOW_MS,
  );
});

const logOf = (place: Ground) => readFileSync(join(place.state, "logs/server.log"), "utf8");

describe("a stamp", () => {
  test(
    "is believed by a start of the runner, and by none of those who are to look closely",
    async () => {
      await using place = ground();
      await ask(place);
      const file = join(runners(place), "current/agent-runner");
      const note = join(runners(place), "current/manifest.json");
      const wrong = readFileSync(file);
      // In the first line, where it does not keep the program from running.
      expect(wrong.subarray(0, 6).toString()).toBe("#!/usr");
      wrong[5] = (wrong[5] ?? 0) ^ 1;
      writeFileSync(file, wrong);
      forgeStamp(file, note);

      const believed = await ask(place);
      const verified = await place.stigmer(["runner", "verify", "--json"], { binary: old.binary });
      const doctor = await place.stigmer(["doctor", "--json"], { binary: old.binary });
      const started = await place.stigmer(["server", "--port", "0"], { binary: old.binary });

      expect(believed).toMatchObject({ status: 0, stderr: "" });
      expect(verified.status).toBe(1);
      expect(JSON.parse(verified.stdout).runners).toMatchObject([{ verdict: "bad" }]);
      expect(doctor.stdout).toContain("has SHA-256 ");
      expect(readFileSync(file).equals(readFileSync(old.runner))).toBe(true);
      expect(started.stderr).toContain(`installed agent-runner ${old.version} (embedded)`);
    },
    SLOW_MS,
  );
});

/** Notes what the file system says of a file that was changed, as if it had been hashed since. */
function forgeStamp(file: string, note: string): void {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  const stamp = {
    ino: `${ino}`,
    size: Number(size),
    mtimeNs: `${mtimeNs}`,
    ctimeNs: `${ctimeNs}`,
  };
  const manifest = JSON.parse(readFileSync(note, "utf8"));
  writeFileSync(note, JSON.stringify({ ...manifest, stamp }));
}

const rollback = (place: Ground) =>
  place.stigmer(["runner", "rollback", "--json"], { binary: newer.binary });
const currentOf = (place: Ground) => readlinkSync(join(runners(place), "current"));

describe.concurrent("a rollback", () => {
  test(
    "prints one document, and the next one goes forth again",
    async () => {
      await using place = ground();
      await ask(place);
      await ask(place, {}, newer.binary);

      const back = await rollback(place);
      const forth = await rollback(place);

      expect(JSON.parse(back.stdout)).toMatchObject({ version: old.version });
      expect(JSON.parse(forth.stdout)).toMatchObject({ version: newer.version });
      expect(existsSync(join(runners(place), "pinned"))).toBe(false);
    },
    SLOW_MS,
  );

  test(
    "to a file that was damaged is refused, and changes nothing",
    async () => {
      await using place = ground();
      await ask(place);
      writeFileSync(join(runners(place), "current/agent-runner"), "damaged");
      await ask(place, {}, newer.binary);
      const before = currentOf(place);

      const refused = await rollback(place);

      expect(refused.status).toBe(1);
      expect(`${refused.stdout}${refused.stderr}`).toContain("cannot be used: has 7 bytes instead");
      expect(currentOf(place)).toBe(before);
    },
    SLOW_MS,
  );

  test(
    "to a file that no longer runs is refused, and changes nothing",
    async () => {
      await using place = ground();
      const broken = join(place.home, "broken");
      const text = `if (require("fs").existsSync(${JSON.stringify(broken)})) process.exit(9);
console.log("agent-runner other");`;
      writeFileSync(join(place.home, "other"), text);
      const from = ["--from", join(place.home, "other"), "--allow-digest", sha256Hex(text)];
      await place.stigmer(["runner", "install", ...from], { binary: newer.binary });
      await place.stigmer(["runner", "reset"], { binary: newer.binary });
      const before = currentOf(place);
      writeFileSync(broken, "");

      const refused = await rollback(place);
      const used = await ask(place, {}, newer.binary);

      expect(refused.status).toBe(1);
      expect(`${refused.stdout}${refused.stderr}`).toContain("--version exited with 9");
      expect(currentOf(place)).toBe(before);
      expect(used.stdout).toBe(`agent-runner ${newer.version}\n`);
    },
    SLOW_MS,
  );
});

describe("a running server", () => {
  test(
    "hashes its runner when it starts, and starts its part again from a good one whatever happened",
    async () => {
      await using place = ground();
      await place.stigmer(["server", "--port", "0"], { binary: old.binary });
      const good = readFileSync(old.runner);
      const path = join(runners(place), "current/agent-runner");
      const { ino } = statSync(path);

      const before = await place.status();
      process.kill(before.parts[1]?.pid ?? 0, "SIGKILL");
      await place.until(({ parts }) => parts[1]?.state === "ready" && parts[1].restarts === 1);
      expect(statSync(path).ino).toBe(ino);
      const wrong = Buffer.from(good);
      wrong[9_000] = (wrong[9_000] ?? 0) ^ 1;
      writeFileSync(path, wrong);
      process.kill((await place.status()).parts[1]?.pid ?? 0, "SIGKILL");
      await place.until(({ parts }) => parts[1]?.state === "ready" && parts[1].restarts === 2);

      expect(readFileSync(path).equals(good)).toBe(true);
      expect(logOf(place)).toContain(`installed agent-runner ${old.version} (embedded)`);
      expect(pidsOf(await place.status())[0]).toBe(before.pid);
    },
    SLOW_MS,
  );

  test(
    "is followed by its downgrade, and that by its upgrade, each with its own runner",
    async () => {
      await using place = ground();
      const versions: string[] = [];
      let said = "";

      for (const { binary } of [newer, old, newer]) {
        said += (await place.stigmer(["server", "--port", "0"], { binary })).stderr;
        const { runners: list } = JSON.parse(
          (await place.stigmer(["runner", "list", "--json"], { binary })).stdout,
        );
        versions.push(
          list.find(({ roles }: { roles: string[] }) => roles.includes("current")).version,
        );
        await place.stigmer(["server", "stop"], { binary });
      }

      expect(versions).toEqual([newer.version, old.version, newer.version]);
      expect(said.match(/^installed agent-runner/gm)).toHaveLength(2);
    },
    SLOW_MS,
  );
});
