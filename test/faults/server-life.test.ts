import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { identityOf } from "../../src/base/process-identity.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { binary, releases, run } from "../multicall/compiled.ts";
import { areHere } from "../release/on-this-machine.ts";
import { damagedBinary } from "./damaged-binary.ts";
import {
  environmentOf,
  type Ground,
  ground,
  pidsOf,
  type Status,
  untilGone,
} from "./started-server.ts";

const START = ["server", "--port", "0"];
const SLOW_MS = 60_000;

test(
  "starts, says so again, and stops without leaving a process or a socket",
  async () => {
    await using place = ground();

    const started = await place.stigmer(START);
    const again = await place.stigmer(START);
    const status = await place.status();
    const stopped = await place.stigmer(["server", "stop"]);

    expect(started).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("ready at http://"),
    });
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining("already running") });
    expect(status.parts.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "workflow-runner ready",
      "agent-runner ready",
    ]);
    expect(stopped.status).toBe(0);
    await untilGone(pidsOf(status));
  },
  SLOW_MS,
);

test(
  "five starts at once make one server",
  async () => {
    await using place = ground();

    const all = await Promise.all(Array.from({ length: 5 }, () => place.stigmer(START)));

    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(all.filter(({ stdout }) => stdout.includes("already running"))).toHaveLength(4);
  },
  SLOW_MS,
);

test(
  "kill -9 of the server takes its parts along, and the next start works",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const before = await place.status();

    process.kill(before.pid, "SIGKILL");
    await untilGone(pidsOf(before));
    const again = await place.stigmer(START);

    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining("ready at") });
    expect((await place.status()).pid).not.toBe(before.pid);
  },
  SLOW_MS,
);

test(
  "stop after kill -9 forgets the dead server",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const before = await place.status();
    process.kill(before.pid, "SIGKILL");
    await untilGone(pidsOf(before));

    const killed = await place.stigmer(["server", "status"]);
    const stopped = await place.stigmer(["server", "stop", "--json"]);
    const after = await place.stigmer(["server", "status"]);

    expect([killed.status, stopped.status, after.status]).toEqual([1, 0, 3]);
    expect(JSON.parse(stopped.stdout)).toEqual({ stopped: false });
  },
  SLOW_MS,
);

test(
  "a restart that could not start again stops nothing",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const { pid } = await place.status();
    const restart = () => place.stigmer(["server", "restart", "--port", "0"]);

    writeFileSync(join(place.state, "config.yaml"), "server:\n  port: banana\n", { mode: 0o600 });
    const misspelt = await restart();
    rmSync(join(place.state, "config.yaml"));
    chmodSync(place.state, 0o777);
    const open = await restart();
    chmodSync(place.state, 0o700);

    rmSync(join(place.state, "runners"), { recursive: true });
    const damaged = await place.stigmer(["server", "restart"], {
      binary: damagedBinary(),
      environment: { STIGMER_OFFLINE: "1" },
    });

    expect(misspelt).toMatchObject({ status: 2, stdout: "" });
    expect(misspelt.stderr).toContain("config.yaml");
    expect(open).toMatchObject({ status: 4, stdout: "" });
    expect(damaged).toMatchObject({ status: 1, stdout: "" });
    expect(damaged.stderr).toContain("error: no good copy of agent-runner");
    expect((await place.status()).pid).toBe(pid);
  },
  SLOW_MS,
);

const mayBeNobody =
  process.getuid?.() === 0 &&
  areHere("setpriv") &&
  Bun.spawnSync(["setpriv", "--reuid=65534", "--clear-groups", binary, "version"]).success;
if (!mayBeNobody) console.warn("skipped: no test can act as another user here");

test.skipIf(!mayBeNobody)(
  "stop by somebody who may not says so, and stops nothing",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const { pid } = await place.status();
    for (const name of ["..", ".", "run"]) chmodSync(join(place.state, name), 0o755);
    for (const name of ["server.lock", "server.json"]) {
      chmodSync(join(place.state, "run", name), 0o644);
    }

    const nobody = ["setpriv", "--reuid=65534", "--clear-groups"];
    const refused = await run([...nobody, binary, "server", "stop"], { home: place.home });

    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toStartWith(
      `error: this user may not stop the server (process ${pid})\nhint: `,
    );
    expect((await place.status()).pid).toBe(pid);
  },
  SLOW_MS,
);

test(
  "a chosen agent-runner is told at each start",
  async () => {
    await using place = ground();
    const { binary: program } = releases.new;
    const { runner, version } = releases.old;
    const digest = sha256Hex(readFileSync(runner));
    const words = ["runner", "install", "--from", runner, "--allow-digest", digest];
    await place.stigmer(words, { binary: program });

    const started = await place.stigmer(START, { binary: program });

    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining("ready at") });
    expect(started.stderr).toBe(
      `using the chosen agent-runner ${version} (file); \`stigmer runner reset\` ends that\n`,
    );
  },
  SLOW_MS,
);

const locks = join(mkdtempSync(join(tmpdir(), "stigmer-locks-")), "refuse.so");
afterAll(() => rmSync(dirname(locks), { recursive: true }));
const canRefuseLocks =
  process.platform === "linux" &&
  Bun.which("cc") !== null &&
  Bun.spawnSync(["cc", "-shared", "-fPIC", "-o", locks, join(import.meta.dir, "refuse-locks.c")])
    .success;
if (!canRefuseLocks) console.warn("skipped: without a C compiler on Linux locks can't be refused");

test.skipIf(!canRefuseLocks).each([["server"], ["internal-server"]])(
  "%s on a file system without locks says that, and not that a server runs",
  async (program) => {
    await using place = ground();

    const refused = await place.stigmer([program, "--port", "0"], {
      environment: { LD_PRELOAD: locks },
    });

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: the file system of .* refuses locks \(error 37\)\n/);
    expect(refused.stderr).toContain("hint: put STIGMER_HOME on a local file system");
  },
  SLOW_MS,
);

test(
  "kill -9 of each part brings it back, with the reason in the status",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const before = await place.status();

    for (const { pid } of before.parts) process.kill(pid ?? 0, "SIGKILL");
    const after = await place.until(({ parts }) =>
      parts.every(({ state, restarts }) => state === "ready" && restarts === 1),
    );

    expect(after.pid).toBe(before.pid);
    expect(after.parts.map(({ lastError }) => lastError)).toEqual([
      "was ended by SIGKILL",
      "was ended by SIGKILL",
    ]);
  },
  SLOW_MS,
);

test(
  "a runner that is deleted under a running server is back before the part starts again",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const before = await place.status();
    const runner = join(place.state, "bin/agent-runner");

    rmSync(join(place.state, "runners"), { recursive: true });
    process.kill(before.parts[1]?.pid ?? 0, "SIGKILL");
    await place.until(({ parts }) => parts[1]?.state === "ready" && parts[1].restarts === 1);

    expect(existsSync(runner)).toBe(true);
  },
  SLOW_MS,
);

test.each([
  [
    "replaced by another version",
    (file: string) => {
      copyFileSync(releases.new.binary, `${file}.new`);
      renameSync(`${file}.new`, file);
    },
  ],
  ["deleted", (file: string) => rmSync(file)],
])(
  "a binary that is %s while it runs still starts its parts again, in its own version",
  async (_how, change) => {
    await using place = ground();
    const own = join(place.home, "stigmer");
    copyFileSync(releases.old.binary, own);
    await place.stigmer(START, { binary: own });
    const before = await place.status();

    change(own);
    for (const { pid } of before.parts) process.kill(pid ?? 0, "SIGKILL");
    const after = await place.until(({ parts }) =>
      parts.every(({ state, restarts }) => state === "ready" && restarts === 1),
    );

    expect(after.pid).toBe(before.pid);
    const list = await place.stigmer(["runner", "list", "--json"]);
    expect(JSON.parse(list.stdout).runners).toMatchObject([{ version: releases.old.version }]);
  },
  SLOW_MS,
);

test(
  "nothing that could run code reaches the server or its parts",
  async () => {
    await using place = ground();
    const environment = {
      BUN_OPTIONS: "--smol",
      BUN_CONFIG_VERBOSE_FETCH: "curl",
      NODE_OPTIONS: "--require /nowhere.js",
    };

    await place.stigmer(START, { environment });

    for (const pid of pidsOf(await place.status())) {
      const names = Object.keys(environmentOf(pid));
      expect(names.filter((name) => /^(BUN_(?!BE_BUN$)|NODE_OPTIONS$)/.test(name))).toEqual([]);
    }
  },
  SLOW_MS,
);

/** What an earlier server, a crash or a person can have left in the run folder. */
test.each([
  ["an empty hint and lock", { "server.json": "", "server.lock": "" }],
  ["garbage", { "server.json": "\u0000{", "server.lock": "not json", "start.lock": "]" }],
  [
    "the number of a stranger",
    {
      "server.json":
        '{"pid":1,"startTime":"1@x","url":"http://127.0.0.1:1","version":"dev","startedAt":"2026-01-01T00:00:00Z"}',
    },
  ],
  ["dead sockets", { "server.sock": "", "workflow-runner.sock": "", "agent-runner.sock": "" }],
])(
  "%s in the run folder do not hinder a start",
  async (_what, files) => {
    await using place = ground();
    mkdirSync(join(place.state, "run"), { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(place.state, "run", name), text);
    }

    const started = await place.stigmer(START);

    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining("ready at") });
  },
  SLOW_MS,
);

test("stop without a server is done at once, whatever the hint says", async () => {
  await using place = ground();
  const stranger = Bun.spawn(["sleep", "60"]);
  mkdirSync(join(place.state, "run"), { recursive: true, mode: 0o700 });
  writeFileSync(
    join(place.state, "run/server.json"),
    JSON.stringify({
      pid: stranger.pid,
      startTime: "1@00000000",
      url: "http://127.0.0.1:1",
      version: "dev",
      startedAt: "2026-01-01T00:00:00Z",
    }),
  );

  const stopped = await place.stigmer(["server", "stop"]);

  expect(stopped.status).toBe(0);
  expect(stranger.signalCode).toBeNull();
  stranger.kill("SIGKILL");
  await stranger.exited;
});

test(
  "a home whose socket paths would be too long works",
  async () => {
    await using place = ground({ STIGMER_HOME: join("/tmp", `stigmer-${"long".repeat(30)}`) });

    const started = await place.stigmer(START);

    expect(started.status).toBe(0);
    expect((await place.status()).parts.every(({ state }) => state === "ready")).toBe(true);
  },
  SLOW_MS,
);

test.each([
  ["a relative STIGMER_HOME", { STIGMER_HOME: "state" }, 'STIGMER_HOME is "state"'],
  ["a relative HOME", { STIGMER_HOME: "", HOME: "here" }, 'HOME is "here"'],
])("%s is refused in a sentence", async (_what, environment, sentence) => {
  await using place = ground();

  const refused = await place.stigmer(START, { environment });

  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(`error: ${sentence}`);
});

test(
  "a working directory that was deleted is one sentence, and once it is left a server starts",
  async () => {
    await using place = ground();
    const inDeleted = (words: string) =>
      run(["sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec ${binary} ${words}`], {
        home: place.home,
      });

    const refused = await inDeleted("server --port 0");
    const stopped = await place.stigmer(["server", "status"]);
    const started = await place.stigmer(START);

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: the current working directory was deleted.*\n$/i);
    expect(stopped.status).toBe(3);
    expect(started.status).toBe(0);
  },
  SLOW_MS,
);

test(
  "a server outlives the folder and the terminal that it was started from",
  async () => {
    await using place = ground();
    const cwd = join(place.home, "work");
    mkdirSync(cwd);

    await place.stigmer(START, { cwd });
    rmSync(cwd, { recursive: true });
    const before = await place.status();
    for (const { pid } of before.parts) process.kill(pid ?? 0, "SIGKILL");

    await place.until(({ parts }) =>
      parts.every(({ state, restarts }) => state === "ready" && restarts === 1),
    );
  },
  SLOW_MS,
);

test(
  "a truncated log does not stop the server from logging",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const [, agent] = (await place.status()).parts;
    truncateSync(join(place.state, "logs/server.log"), 0);

    process.kill(agent?.pid ?? 0, "SIGKILL");
    await place.until(({ parts }) => parts[1]?.restarts === 1 && parts[1].state === "ready");
    const logs = await place.stigmer(["server", "logs", "-n", "50"]);

    expect(logs.stdout).toContain("was ended by SIGKILL");
  },
  SLOW_MS,
);

test.skipIf(process.getuid?.() === 0)("a home that cannot be written is one sentence", async () => {
  await using place = ground();
  mkdirSync(place.state);
  chmodSync(place.state, 0o500);

  const refused = await place.stigmer(START);

  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toStartWith("error: ");
  expect(refused.stderr).not.toContain("    at ");
  chmodSync(place.state, 0o700);
});

/** Somebody writes over what a running server says of itself. */
test.each([
  ["empty", () => ""],
  ["garbage", () => "\u0000{"],
  ["of a stranger that lives", strangerHint],
  ["of a process that is gone", () => hintOf({ pid: 999_999_999, startTime: "1@00000000" })],
])(
  "a server whose server.json and lock file are %s is found, and stopped alone",
  async (_what, textOf) => {
    await using place = ground();
    await place.stigmer(START);
    const before = await place.status();
    const stranger = Bun.spawn(["sleep", "60"]);
    const text = textOf(stranger.pid);

    writeFileSync(join(place.state, "run/server.json"), text);
    const again = await place.stigmer(START);
    writeFileSync(join(place.state, "run/server.json"), text);
    writeFileSync(join(place.state, "run/server.lock"), text);
    const stopped = await place.stigmer(["server", "stop"]);

    expect(again.stdout).toContain(`already running at ${before.url}`);
    expect(stopped.stdout).toBe(`server stopped (pid ${before.pid})\n`);
    await untilGone(pidsOf(before));
    expect(stranger.signalCode).toBeNull();
    stranger.kill("SIGKILL");
    await stranger.exited;
  },
  SLOW_MS,
);

function hintOf(named: { pid: number; startTime: string }): string {
  const startedAt = "2026-01-01T00:00:00Z";
  return JSON.stringify({ ...named, url: "http://127.0.0.1:1", version: "dev", startedAt });
}

/** All that tells a process is right, but it is no server. */
function strangerHint(pid: number): string {
  const named = identityOf(pid);
  if (!named) throw new Error("unreachable: the stranger runs");
  return hintOf(named);
}

/** A parent that never collects its children: what it started stays in the table of processes when it dies. */
test.skipIf(!areHere("bash"))(
  "a server that is a zombie counts as dead",
  async () => {
    await using place = ground();
    const script = `exec -a stigmer-server ${binary} --port 0 >/dev/null 2>&1 & exec sleep 60`;
    const parent = Bun.spawn(["bash", "-c", script], {
      cwd: place.home,
      env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
    });
    const before = await untilReady(place);

    process.kill(before.pid, "SIGKILL");
    await untilGone([before.pid]);
    const status = await place.stigmer(["server", "status"]);
    const started = await place.stigmer(START);

    expect(existsSync(`/proc/${before.pid}`)).toBe(process.platform === "linux");
    expect(status).toMatchObject({ status: 1, stdout: expect.stringContaining("was killed") });
    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining("ready at") });
    parent.kill("SIGKILL");
    await parent.exited;
  },
  SLOW_MS,
);

async function untilReady(place: Ground): Promise<Status> {
  for (;;) {
    const { status } = await place.stigmer(["server", "status"]);
    if (status === 0) return place.status();
    await Bun.sleep(50);
  }
}

/** What no second try mends ends the start at once, long before its timeout, with the reason and what helps. */
test.each([
  ["a damaged journal", "journal.db", 'the journal "', "put back journal.db"],
  ["a damaged database", "stigmer.db", "stigmer.db", "the whole log is in"],
])(
  "%s ends a start with its reason",
  async (_what, name, reason, help) => {
    await using place = ground();
    mkdirSync(join(place.state, "data"), { recursive: true, mode: 0o700 });
    writeFileSync(join(place.state, "data", name), "this is no database, whatever its name says");

    const refused = await place.stigmer([...START, "--timeout", "3600"]);
    const status = await place.stigmer(["server", "status"]);
    const foreground = await place.stigmer([...START, "--foreground"]);

    expect(foreground.status).toBe(1);
    expect(foreground.stderr).toMatch(/^error: /m);
    expect(foreground.stderr).toContain(reason);
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: /m);
    expect(refused.stderr).toContain(reason);
    expect(refused.stderr).toContain(help);
    expect(refused.stderr).not.toContain("    at ");
    expect(status.status).toBe(3);
  },
  SLOW_MS,
);

const UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc"];
const canUnshare = Bun.which("unshare") !== null && Bun.spawnSync([...UNSHARE, "true"]).success;
if (!canUnshare) console.warn("skipped: this user may not hide processes from each other");

test.skipIf(!canUnshare)(
  "a server of another container is neither taken for a dead one nor joined by a second",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const elsewhere = (words: string[]) =>
      run([...UNSHARE, binary, ...words], { home: place.home });

    const status = await elsewhere(["server", "status"]);
    const stopped = await elsewhere(["server", "stop"]);
    const started = await elsewhere(START);

    expect(status).toMatchObject({
      status: 4,
      stdout: `a server runs on ${place.state}, but among other processes\n`,
    });
    expect(stopped.stderr).toContain("but nothing says which process it is");
    expect(started.stderr).toContain(`error: a server already runs on ${place.state}\n`);
    expect((await place.stigmer(["server", "status"])).status).toBe(0);
  },
  SLOW_MS,
);

/** Something of another kind lies where the server keeps its own. */
test.each([
  ["server.lock", "is a folder, not a file"],
  ["server.json", "server.json"],
  ["workflow-runner.sock", "workflow-runner could not be started"],
])(
  "a folder in the place of %s ends a start with its name",
  async (name, reason) => {
    await using place = ground();
    mkdirSync(join(place.state, "run", name, "inside"), { recursive: true, mode: 0o700 });

    const refused = await place.stigmer([...START, "--timeout", "3600"]);

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: /m);
    expect(refused.stderr).toContain(reason);
    expect(refused.stderr).toContain(join(place.state, "run", name));
    expect(refused.stderr).not.toContain("    at ");
    expect((await place.stigmer(["server", "status"])).status).toBe(3);
  },
  SLOW_MS,
);

test(
  "a disk with too little room ends a start with its reason",
  async () => {
    await using place = ground();
    using disk = smallDisk(place.state, "1m");
    if (!disk) return console.warn("skipped: this user may not mount a file system");

    const refused = await place.stigmer([...START, "--timeout", "3600"]);

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^error: .*\d+ bytes free, \d+ are needed\nhint: free some space/,
    );
    expect((await place.stigmer(["server", "status"])).status).toBe(3);
  },
  SLOW_MS,
);

/** Undefined where this user may not mount one. */
function smallDisk(folder: string, size: string): Disposable | undefined {
  mkdirSync(folder, { mode: 0o700 });
  const mount = ["mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "none", folder];
  if (!areHere("mount") || !Bun.spawnSync(mount).success) return undefined;
  return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", "-l", folder]) };
}

test(
  "a part that can no longer start under a running server tells why in the status",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const [part] = (await place.status()).parts;
    writeFileSync(join(place.state, "data/journal.db-wal"), "");
    writeFileSync(join(place.state, "data/journal.db"), "damaged meanwhile");

    process.kill(part?.pid ?? 0, "SIGKILL");
    const after = await place.until(
      ({ parts }) => parts[0]?.lastError?.includes("damaged") ?? false,
    );

    expect(after.parts[0]?.state).not.toBe("failed");
    const shown = await place.stigmer(["server", "status"]);
    expect(shown).toMatchObject({ status: 4, stdout: expect.stringContaining("is damaged") });
  },
  SLOW_MS,
);

test.skipIf(!areHere("bash"))(
  "the HOME of nobody is that of the account",
  async () => {
    await using place = ground();
    const withoutHome = async (command: string[]): Promise<string> => {
      const env = { PATH: process.env["PATH"] };
      const child = Bun.spawn(command, { cwd: place.home, env, stdout: "pipe" });
      return (await child.stdout.text()).trim();
    };

    const found = await withoutHome([binary, "config", "path"]);

    const ofAccount = await withoutHome(["bash", "-c", "unset HOME; echo ~"]);
    expect(found).toBe(join(ofAccount, ".stigmer/config.yaml"));
  },
  SLOW_MS,
);

test.each([
  ["that others may write to", 0o777, "others may write to"],
  ["whose group may write to it", 0o770, "others may write to"],
])("a home %s is refused", async (_what, mode, sentence) => {
  await using place = ground();
  mkdirSync(place.state);
  chmodSync(place.state, mode);

  const refused = await place.stigmer(START);
  const foreground = await place.stigmer([...START, "--foreground"]);

  for (const { status, stderr } of [refused, foreground]) {
    expect(status).toBe(4);
    expect(stderr).toContain(`error: ${sentence} ${place.state}`);
    expect(stderr).toContain(`chmod 700 ${place.state}`);
  }
});

test.skipIf(process.getuid?.() !== 0)("a home of somebody else is refused", async () => {
  await using place = ground();
  mkdirSync(place.state, { mode: 0o700 });
  chownSync(place.state, 12_345, 12_345);

  const refused = await place.stigmer(START);

  expect(refused.status).toBe(4);
  expect(refused.stderr).toContain(`error: ${place.state} belongs to another user (uid 12345)`);
});

test(
  "a server of an earlier build is named by each command that talks to it, until it is restarted",
  async () => {
    await using place = ground();
    const skew = `warning: the server is ${releases.old.version}, but this is dev: "stigmer server restart"`;
    await place.stigmer(START, { binary: releases.old.binary });

    const list = await place.stigmer(["list", "agents", "--json"]);
    const again = await place.stigmer([...START, "--json"]);
    const doctor = await place.stigmer(["doctor"]);
    await place.stigmer(["server", "restart", "--port", "0"]);
    const after = await place.stigmer(["list", "agents", "--json"]);

    expect(list.stderr).toStartWith(skew);
    expect(list.stderr.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(list.stdout)).toMatchObject({ items: [] });
    expect(again.stderr).toStartWith(skew);
    expect(JSON.parse(again.stdout)).toMatchObject({ alreadyRunning: true });
    expect(doctor.stdout).toContain(`the server is ${releases.old.version}, but this is dev`);
    expect(after.stderr).toBe("");
  },
  SLOW_MS,
);
