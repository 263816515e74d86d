import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { tryLock } from "../../src/base/file-lock.ts";
import { releases, run } from "../multicall/compiled.ts";
import { areHere } from "../release/on-this-machine.ts";
import {
  builtRelease,
  fakeProgram,
  placeProgram,
  publish,
  type UpgradeGround,
  upgradeGround,
  withMirror,
} from "./upgrade-fixture.ts";

const SLOW_MS = 60_000;
const { version: old } = releases.old;
const { version: next } = releases.new;
const good = await publish();
const AGENT =
  "apiVersion: agentic.stigmer.ai/v1\nkind: Agent\nmetadata: {name: kept}\nspec: {instructions: be}\n";

let place: UpgradeGround;
beforeEach(() => {
  place = upgradeGround();
});
afterEach(async () => place[Symbol.asyncDispose]());

const isSameFile = (one: string, other: string) => statSync(one).ino === statSync(other).ino;
const withoutLock = () => place.names().filter((name) => name !== ".stigmer.lock");

describe("from one release to the next", () => {
  test(
    "a server goes on with the new version, at its address and with its data, and back again",
    async () => {
      await withMirror(builtRelease(next), async (mirror) => {
        const own = { binary: place.program };
        writeFileSync(join(place.home, "agent.yaml"), AGENT);
        await place.stigmer(["server", "--port", "0"], own);
        const before = await place.status(own);
        await place.stigmer(["apply", "-f", join(place.home, "agent.yaml")], own);

        const done = await place.upgrade(mirror.url);
        const after = await place.status(own);
        const kept = await place.stigmer(["get", "agent", "kept", "--json"], own);
        const runner = await place.stigmer(["agent-runner", "--version"], own);

        expect(done.status).toBe(0);
        expect(done.stdout).toBe(
          `stigmer ${old} became ${next}\n  file    ${place.program}\n` +
            `  server  restarted with ${next} at ${before.url}\n  undo    stigmer upgrade --rollback\n`,
        );
        expect(done.stderr).toContain("downloaded 100 % of ");
        expect(done.stderr).toContain(`restarting the server, which is ${old}\n`);
        expect(await place.version()).toBe(next);
        expect(after.url).toBe(before.url);
        expect(after.pid).not.toBe(before.pid);
        expect(JSON.parse(kept.stdout).metadata.name).toBe("kept");
        expect(runner.stdout).toBe(`agent-runner ${next}\n`);
        expect(isSameFile(join(place.bin, ".stigmer.previous"), releases.old.binary)).toBe(true);
        expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);

        const back = await place.upgrade(mirror.url, "--rollback", "--json");

        expect(JSON.parse(back.stdout)).toEqual({
          changed: true,
          from: next,
          to: old,
          path: place.program,
          server: { url: before.url, version: old },
        });
        expect((await place.status(own)).url).toBe(before.url);
      });
    },
    SLOW_MS,
  );

  test("nothing but the program, the one before and the lock is left", async () => {
    await withMirror(good, (mirror) => place.upgrade(mirror.url));

    expect(place.names()).toEqual([".stigmer.lock", ".stigmer.previous", "stigmer"]);
    const downloads = readFileSync(join(place.bin, "stigmer"), "utf8");
    expect(downloads).toContain(next);
    expect(
      [...new Bun.Glob("*").scanSync({ cwd: join(place.state, "cache/downloads") })].filter(
        (name) => !name.endsWith(".lock"),
      ),
    ).toEqual([]);
  });

  test("the other names of the program lead to the new one", async () => {
    const elsewhere = join(place.home, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync("stigmer", join(place.bin, "stigmer-server"));
    symlinkSync("../bin/stigmer", join(elsewhere, "st"));

    const done = await withMirror(good, (mirror) =>
      place.stigmer(["upgrade", "--json"], {
        binary: join(elsewhere, "st"),
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url },
      }),
    );

    expect(JSON.parse(done.stdout)).toMatchObject({ changed: true, path: place.program });
    expect(readlinkSync(join(elsewhere, "st"))).toBe("../bin/stigmer");
    expect(readlinkSync(join(place.bin, "stigmer-server"))).toBe("stigmer");
    expect(lstatSync(place.program).isFile()).toBe(true);
    const answer = await run([join(place.bin, "stigmer-server"), "version"], place);
    expect(JSON.parse(answer.stdout).version).toBe(next);
  });

  test("a program of another name keeps it", async () => {
    const named = join(place.bin, "stigmer-mine");
    placeProgram(releases.old.binary, named);

    await withMirror(good, (mirror) =>
      place.stigmer(["upgrade"], {
        binary: named,
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url },
      }),
    );

    expect(readFileSync(named, "utf8")).toContain(next);
    expect(await place.version()).toBe(old);
    expect(place.names()).toContain(".stigmer-mine.previous");
  });

  test(
    "a server is started again where nothing could keep a service, as in a container",
    async () => {
      await place.stigmer(["server", "--port", "0"], { binary: place.program });
      const before = await place.status({ binary: place.program });

      const done = await withMirror(builtRelease(next), (mirror) =>
        place.stigmer(["upgrade"], {
          binary: place.program,
          environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url, PATH: "/nowhere" },
        }),
      );

      expect(done.stderr).not.toContain("systemd");
      expect(done.stdout).toContain(`  server  restarted with ${next} at ${before.url}\n`);
    },
    SLOW_MS,
  );

  test("its mode stays, whatever the umask", async () => {
    rmSync(place.program);
    copyFileSync(releases.old.binary, place.program);
    chmodSync(place.program, 0o750);

    await withMirror(good, (mirror) =>
      run(["sh", "-c", `umask 077; exec ${place.program} upgrade`], {
        home: place.home,
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url },
      }),
    );

    expect(await place.version()).toBe(next);
    expect(statSync(place.program).mode & 0o777).toBe(0o750);
  });

  test("a server that cannot be restarted is told, and the way back", async () => {
    const own = { binary: releases.old.binary };
    const program = fakeProgram(next, '[ "$1" = server ] && { echo "error: no" >&2; exit 1; }');
    await place.stigmer(["server", "--port", "0"], own);

    const done = await withMirror(await publish({ program }), (mirror) =>
      place.upgrade(mirror.url),
    );

    expect(done).toMatchObject({ status: 1, stdout: "" });
    expect(done.stderr).toContain(`error: stigmer is ${next} now, but its server could not`);
    expect(done.stderr).toContain("error: no");
    expect(done.stderr).toContain("`stigmer upgrade --rollback` goes back");
    expect(await place.version()).toBe(next);
    await place.stigmer(["server", "stop"], own);
  });

  test(
    "a server that a service manager keeps is restarted by the manager",
    async () => {
      const tools = join(place.home, "tools");
      const unit = join(place.home, "config/systemd/user/stigmer.service");
      mkdirSync(tools);
      mkdirSync(join(unit, ".."), { recursive: true });
      writeFileSync(unit, "");
      const own = { binary: place.program };
      await place.stigmer(["server", "--port", "0"], own);
      const before = await place.status(own);
      // What systemd does with such a unit: it stops the server and runs the same path again.
      writeFileSync(
        join(tools, "systemctl"),
        `#!/bin/sh
echo "$*" >> ${tools}/log
case "$2" in
  show) echo MainPID=${before.pid}; echo ActiveState=active ;;
  try-restart) ${place.program} server stop && ${place.program} server --port 0 >/dev/null ;;
esac
`,
        { mode: 0o755 },
      );

      const done = await withMirror(builtRelease(next), (mirror) =>
        place.stigmer(["upgrade", "--json"], {
          binary: place.program,
          environment: {
            STIGMER_DOWNLOAD_BASE_URL: mirror.url,
            XDG_CONFIG_HOME: join(place.home, "config"),
            PATH: `${tools}:${process.env["PATH"]}`,
          },
        }),
      );

      expect(JSON.parse(done.stdout).server.version).toBe(next);
      expect(readFileSync(join(tools, "log"), "utf8").trim().split("\n")).toEqual([
        "--user show stigmer.service --property=ActiveState,UnitFileState,MainPID",
        "--user daemon-reload",
        "--user try-restart stigmer.service",
      ]);
    },
    SLOW_MS,
  );
});

describe("--rollback", () => {
  test("goes back, and back again", async () => {
    const programs: string[] = [];
    await withMirror(builtRelease(next), (mirror) => place.upgrade(mirror.url));
    for (let turn = 0; turn < 3; turn += 1) {
      const { status } = await place.upgrade("file:///nowhere", "--rollback");
      expect(status).toBe(0);
      programs.push(await place.version());
    }

    expect(programs).toEqual([old, next, old]);
    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
  });

  test("needs something to go back to", async () => {
    const refused = await place.upgrade("file:///nowhere", "--rollback");

    expect(refused).toMatchObject({ status: 3, stdout: "" });
    expect(refused.stderr).toContain(`there is no ${join(place.bin, ".stigmer.previous")}`);
    expect(refused.stderr).toContain("stigmer upgrade --version v1.2.3");
  });

  test.each([
    ["damaged", (path: string) => writeFileSync(path, "#!/bin/sh\nexit 3\n", { mode: 0o755 })],
    ["not for this machine", (path: string) => writeFileSync(path, "\0", { mode: 0o755 })],
    ["a link", (path: string) => symlinkSync("/bin/true", path)],
    ["a folder", (path: string) => mkdirSync(path)],
    [
      "for another target",
      (path: string) =>
        writeFileSync(path, '#!/bin/sh\necho \'{"version":"v9.9.0","target":"x"}\'\n', {
          mode: 0o755,
        }),
    ],
  ])("leaves alone what is there when the one before is %s", async (_, make) => {
    make(join(place.bin, ".stigmer.previous"));

    const refused = await place.upgrade("file:///nowhere", "--rollback");

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(`${join(place.bin, ".stigmer.previous")} does not work: `);
    expect(isSameFile(place.program, releases.old.binary)).toBe(true);
    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
  });

  test.each(["--check", "--version=v1.2.3"])("does not go together with %s", async (word) => {
    const refused = await place.upgrade("file:///nowhere", "--rollback", word);

    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain('"--rollback" and "--');
  });
});

describe("two at once", () => {
  test("do one upgrade", async () => {
    const program = fakeProgram(next, "sleep 0.2");
    const both = await withMirror(await publish({ program }), (mirror) =>
      Promise.all([place.upgrade(mirror.url), place.upgrade(mirror.url)]),
    );

    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    const lines = both.map(({ stdout }) => stdout.split("\n")[0] ?? "");
    expect(lines.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      `stigmer ${old} became ${next}`,
      `stigmer ${next} was installed meanwhile`,
    ]);
    expect(isSameFile(join(place.bin, ".stigmer.previous"), releases.old.binary)).toBe(true);
    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
  });

  test("go back once", async () => {
    await withMirror(builtRelease(next), (mirror) => place.upgrade(mirror.url));
    // Both are started before either has done anything, so both are the program that is replaced.
    const ends = await Promise.all(
      [1, 2].map(() => place.upgrade("file:///nowhere", "--rollback")),
    );

    const statuses = ends.map(({ status }) => status ?? -1);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([0, 1]);
    const late = ends.find(({ status }) => status === 1);
    expect(late?.stderr).toContain(`was replaced while this program ran: it is ${old} now`);
    expect(await place.version()).toBe(old);
    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
  });

  test("do not wait for each other for ever", async () => {
    const held = tryLock(join(place.bin, ".stigmer.lock"));
    const refused = await withMirror(good, (mirror) =>
      place.stigmer(["upgrade"], {
        binary: place.program,
        environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url, STIGMER_LOCK_TIMEOUT: "1.2" },
      }),
    );
    held?.release();

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(
      `waiting for process ${process.pid}, which changes the same file`,
    );
    expect(refused.stderr).toContain("STIGMER_LOCK_TIMEOUT");
    expect(isSameFile(place.program, releases.old.binary)).toBe(true);
  });

  test.each([
    ["deleted", () => {}, 1, "was deleted while this program ran"],
    ["replaced by another version", () => replaceBy("v9.9.5"), 1, "it is v9.9.5 now"],
    ["replaced by the same version", () => replaceBy(next), 0, ""],
    [
      "damaged",
      () => writeFileSync(place.program, "#!/bin/sh\nexit 4\n", { mode: 0o755 }),
      1,
      "it does not work any more: `version --json` exited with 4",
    ],
  ])("a program that is %s meanwhile is noticed", async (_, change, status, words) => {
    await withMirror(good, async (mirror) => {
      const upgrading = place.upgrade(mirror.faulty("slow-head"));
      while (mirror.requests.length === 0) await Bun.sleep(5);
      rmSync(place.program);
      change();
      mirror.release();

      const end = await upgrading;

      expect(end.status).toBe(status);
      expect(end.stderr).toContain(words);
      if (status === 0) expect(end.stdout).toBe(`stigmer ${next} was installed meanwhile\n`);
      expect(existsSync(join(place.bin, ".stigmer.previous"))).toBe(false);
    });
  });
});

function replaceBy(version: string): void {
  writeFileSync(place.program, fakeProgram(version), { mode: 0o755 });
}

const managed = async (words: string, folder = "bin"): Promise<void> => {
  const own = upgradeGround({ folder });
  await withMirror(good, async (mirror) => {
    for (const flags of [[], ["--rollback"], ["--version", "v9.9.0"]]) {
      const refused = await own.upgrade(mirror.url, ...flags);

      expect(refused).toMatchObject({ status: 4, stdout: "" });
      expect(refused.stderr).toStartWith(`error: ${own.program} is looked after by `);
      expect(refused.stderr).toEndWith(`hint: run: ${words}\n`);
    }
    expect(mirror.requests).toEqual([]);
    const { stdout } = await own.upgrade(mirror.url, "--check");
    expect(stdout).toEndWith(`\n  upgrade  ${words}\n`);
  });
  expect(own.names()).toEqual(["stigmer"]);
  await own[Symbol.asyncDispose]();
};

describe("a program that others look after", () => {
  test.each([
    ["npm", "lib/node_modules/@stigmer/cli/bin", "npm install -g stigmer@latest"],
    ["Homebrew", "homebrew/Cellar/stigmer/9.9.1/bin", "brew upgrade stigmer"],
  ])("is left to %s, which is known by its folder", async (_, folder, words) => {
    await managed(words, folder);
  });

  test.each([
    [".stigmer-managed", "apt-get install stigmer\n", "run: apt-get install stigmer"],
    [".stigmer-managed", "one\u001B[31mtwo\r\nthree\n", "run: one [31mtwo"],
    ["../share/stigmer/managed-by", "brew upgrade stigmer", "run: brew upgrade stigmer"],
    ["../share/stigmer/managed-by", "", "upgrade it there"],
  ])("is left to whoever wrote %s (%j)", async (marker, text, words) => {
    const file = join(place.bin, marker);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);

    const refused = await place.upgrade("file:///nowhere");

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toContain(`is looked after by the package manager that wrote ${file}\n`);
    expect(refused.stderr).toContain(`hint: ${words}`);
    expect(refused.stderr).not.toContain("\u001B");
  });

  test("is told so, and not of the key of its build", async () => {
    const own = upgradeGround({ folder: "homebrew/Cellar/stigmer/9.9.1/bin" });

    const refused = await own.upgrade("https://mirror.example.com");
    await own[Symbol.asyncDispose]();

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toEndWith("hint: run: brew upgrade stigmer\n");
  });

  test("is left alone when its marker is no file", async () => {
    mkdirSync(join(place.bin, ".stigmer-managed"));

    expect((await place.upgrade("file:///nowhere")).status).toBe(4);
  });
});

const setpriv = Bun.which("setpriv");
if (!setpriv || process.geteuid?.() !== 0) console.warn("skipped: no other user to be");

test.skipIf(!setpriv || process.geteuid?.() !== 0)(
  "who may not write there is told how to do it",
  async () => {
    chmodSync(place.home, 0o755);
    const command = `${setpriv} --reuid=65534 --clear-groups ${place.program} upgrade`;

    const refused = await run(command.split(" "), {
      home: place.home,
      environment: { STIGMER_DOWNLOAD_BASE_URL: "file:///nowhere" },
    });

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toBe(
      `error: cannot replace ${place.program}: this user may not write there\n` +
        `hint: run it as the owner of ${place.bin}: sudo ${place.program} upgrade\n`,
    );
  },
);

const left = (name: string) => join(place.bin, `.stigmer.${name}`);
const broken = async () => {
  const program = fakeProgram("v0.0.1");
  await withMirror(await publish({ program }), (mirror) => place.upgrade(mirror.url));
};

describe("what an earlier upgrade left when it was cut off", () => {
  test("is removed: half a program, and a second name of the one in use", async () => {
    writeFileSync(left("fresh"), "half");
    placeProgram(place.program, left("kept"));

    await broken();

    expect(withoutLock()).toEqual(["stigmer"]);
  });

  test("is kept when it is the version before", async () => {
    writeFileSync(left("kept"), "the version before");
    writeFileSync(left("previous"), "an older one");

    await broken();

    expect(withoutLock()).toEqual([".stigmer.previous", "stigmer"]);
    expect(readFileSync(left("previous"), "utf8")).toBe("the version before");
  });
});

describe("a disk that refuses", () => {
  let mounted: string | undefined;
  afterEach(() => {
    if (mounted !== undefined) Bun.spawnSync(["umount", "-l", mounted]);
    mounted = undefined;
  });
  const mount = (options: string): boolean => {
    if (!areHere("mount")) return false;
    renameSync(place.bin, `${place.bin}-before`);
    mkdirSync(place.bin);
    const { success } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "none", place.bin]);
    if (!success) {
      console.warn("skipped: this user may not mount a file system");
      return false;
    }
    mounted = place.bin;
    cpSync(releases.old.binary, place.program);
    return true;
  };
  const programBytes = statSync(releases.old.binary).size;

  test("is named before anything is written when it is full", async () => {
    if (!mount(`size=${programBytes + 500_000}`)) return;

    const refused = await withMirror(good, (mirror) => place.upgrade(mirror.url));

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: .*bin has \d+ bytes free, \d+ are needed\nhint: /m);
    expect(withoutLock()).toEqual(["stigmer"]);
    expect(await place.version()).toBe(old);
    Bun.spawnSync(["mount", "-o", `remount,size=${programBytes + 5_000_000}`, place.bin]);
    const again = await withMirror(good, (mirror) => place.upgrade(mirror.url));
    expect(again.status).toBe(0);
  });

  test("is named when it is read-only", async () => {
    if (!mount(`size=${programBytes + 5_000_000}`)) return;
    Bun.spawnSync(["mount", "-o", "remount,ro", place.bin]);

    const refused = await withMirror(good, (mirror) => place.upgrade(mirror.url));

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toContain("its file system is read-only\nhint: install stigmer into");
  });

  test.skipIf(!areHere("bash"))(
    "leaves nothing of a program that was cut off while it was written",
    async () => {
      // Compresses well, so that the download itself stays below the limit.
      const program = fakeProgram(next, `: ${"x".repeat(3_000_000)}`);
      const refused = await withMirror(await publish({ program }), (mirror) =>
        run(["bash", "-c", `trap '' XFSZ; ulimit -f 1000; exec ${place.program} upgrade`], {
          home: place.home,
          environment: { STIGMER_DOWNLOAD_BASE_URL: mirror.url },
        }),
      );

      expect(refused).toMatchObject({ status: 1, stdout: "" });
      expect(refused.stderr).toContain(
        `cannot change stigmer in ${place.bin}: no file may be that`,
      );
      expect(withoutLock()).toEqual(["stigmer"]);
    },
  );
});
