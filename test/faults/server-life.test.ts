import { expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { binary, releases } from "../multicall/compiled.ts";
import { environmentOf, ground, pidsOf, untilGone } from "./started-server.ts";

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

test("a working directory that was deleted is one sentence", async () => {
  await using place = ground();
  const script = `mkdir gone && cd gone && rmdir ../gone && exec ${binary} version`;

  const child = Bun.spawn(["sh", "-c", script], {
    cwd: place.home,
    env: { PATH: process.env["PATH"], STIGMER_HOME: place.state },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;

  expect(`${out}${err}`.trim().split("\n").length).toBeLessThanOrEqual(2);
  expect(`${out}${err}`).not.toContain("    at ");
});

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
