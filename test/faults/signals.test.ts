import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { runnerCommand } from "../../src/release/runner-command.ts";
import { binary, run } from "../multicall/compiled.ts";
import { areHere } from "../release/on-this-machine.ts";
import { type Ground, ground, pidsOf, untilGone } from "./started-server.ts";

const SLOW_MS = 60_000;
const logOf = (state: string) => readFileSync(join(state, "logs/server.log"), "utf8");

test("arguments and the exit status of the runner pass through unchanged", async () => {
  await using place = ground();
  const path = (await place.stigmer(["runner", "path"])).stdout.trim();
  const words = ["--no-such", "", "two words", "--", "--help", "-h", "$HOME"];
  const [, ...flags] = runnerCommand(path).command;

  const direct = await run([binary, ...flags, ...words], {
    home: place.home,
    environment: { BUN_BE_BUN: "1" },
  });
  const through = await place.stigmer(["agent-runner", ...words]);

  expect(direct.status).toBe(2);
  expect(through).toEqual(direct);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s stops a server in the foreground in order",
  async (signal) => {
    await using place = ground();
    const child = Bun.spawn([binary, "--port", "0"], {
      argv0: "stigmer-server",
      cwd: place.home,
      env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    while (!(await place.stigmer(["server", "status"])).stdout.includes("healthy")) {
      await Bun.sleep(50);
    }

    child.kill(signal);
    await child.exited;

    expect(child.exitCode).toBe(0);
    expect(logOf(place.state)).toContain(`stopping on ${signal}`);
    expect(logOf(place.state)).toContain('"message":"stopped"');
    expect((await place.stigmer(["server", "status"])).stdout).not.toContain("healthy");
  },
  SLOW_MS,
);

test(
  "a second SIGTERM while a server stops changes nothing",
  async () => {
    await using place = ground();
    await place.stigmer(["server", "--port", "0"]);
    const status = await place.status();
    const [part] = status.parts;
    // As long as a part does not end, the server is on its way.
    process.kill(part?.pid ?? 0, "SIGSTOP");

    process.kill(status.pid, "SIGTERM");
    while (!logOf(place.state).includes("stopping on")) await Bun.sleep(5);
    process.kill(status.pid, "SIGTERM");
    process.kill(part?.pid ?? 0, "SIGCONT");
    await untilGone(pidsOf(status));

    expect(logOf(place.state)).toContain('"message":"stopped"');
    expect((await place.stigmer(["server", "status"])).status).toBe(3);
  },
  SLOW_MS,
);

test.each([0, 5, 20, 60, 150, 400])(
  "SIGTERM to the server %d ms after its start leaves a home in which the next start works",
  async (delayMs) => {
    await using place = ground();
    const child = Bun.spawn([binary, "internal-server", "--port", "0"], {
      cwd: place.home,
      env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });

    await Bun.sleep(delayMs);
    child.kill("SIGTERM");
    await child.exited;
    const started = await place.stigmer(["server", "--port", "0"]);

    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining("ready at") });
  },
  SLOW_MS,
);

test.each([0, 10, 50, 200])(
  "kill -9 of the server and of the command that starts it, %d ms after the start",
  async (delayMs) => {
    await using place = ground();
    const starter = Bun.spawn([binary, "server", "--port", "0"], {
      cwd: place.home,
      env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });

    await Bun.sleep(delayMs);
    starter.kill("SIGKILL");
    await starter.exited;
    const started = await place.stigmer(["server", "--port", "0"]);

    expect(started.stderr).not.toContain("error:");
    expect(started.status).toBe(0);
    expect((await place.status()).parts.every(({ state }) => state === "ready")).toBe(true);
  },
  SLOW_MS,
);

test.skipIf(!areHere("bash", "head"))(
  "a server whose output nobody reads any more goes on",
  async () => {
    await using place = ground();
    const child = Bun.spawn(
      ["bash", "-c", `exec -a stigmer-server ${binary} --port 0 2> >(head -c 10 > head.txt)`],
      {
        cwd: place.home,
        env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      },
    );
    while (!(await place.stigmer(["server", "status"])).stdout.includes("healthy")) {
      expect(child.exitCode).toBeNull();
      await Bun.sleep(50);
    }

    const [part] = (await place.status()).parts;
    process.kill(part?.pid ?? 0, "SIGKILL");
    await place.until(({ parts }) => parts[0]?.restarts === 1 && parts[0].state === "ready");

    expect(child.exitCode).toBeNull();
    await place.stigmer(["server", "stop"]);
    await child.exited;
  },
  SLOW_MS,
);

/** Somebody thinks better of a start: Ctrl-C, a closing terminal, a manager that gives up. */
test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s while a server starts leaves no server and says so",
  async (signal, exitStatus) => {
    await using place = ground();
    const starter = Bun.spawn([binary, "server", "--port", "0"], {
      cwd: place.home,
      env: environmentIn(place),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const server = await stoppedServerOf(starter.pid);

    starter.kill(signal);
    // It ends no earlier than the server that it has told to end.
    while (!isToldToEnd(server)) await Bun.sleep(5);
    process.kill(server, "SIGCONT");
    const [out, err] = await Promise.all([starter.stdout.text(), starter.stderr.text()]);

    expect({ exitStatus: await starter.exited, out }).toEqual({ exitStatus, out: "" });
    expect(err).toEndWith("warning: the start was called off: what it had started is stopped\n");
    expect((await place.stigmer(["server", "status"])).status).toBe(3);
  },
  SLOW_MS,
);

/** The server that a command has just started; it gets no turn to become ready. */
async function stoppedServerOf(starter: number): Promise<number> {
  for (;;) {
    const children = readFileSync(`/proc/${starter}/task/${starter}/children`, "utf8");
    const server = children.split(" ").filter(Boolean).map(Number).find(stopIfServer);
    if (server !== undefined) return server;
    await Bun.sleep(1);
  }
}

function stopIfServer(pid: number): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("internal-server")) return false;
    process.kill(pid, "SIGSTOP");
    return true;
  } catch {
    // It was the trial run of a runner, and has ended.
    return false;
  }
}

test(
  "SIGINT to a start that waits for another's leaves that one alone",
  async () => {
    await using place = ground();
    const first = place.stigmer(["server", "--port", "0"]);
    while (!existsSync(join(place.state, "run/start.lock"))) await Bun.sleep(1);
    const second = Bun.spawn([binary, "server", "--port", "0"], {
      cwd: place.home,
      env: environmentIn(place),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    await Bun.sleep(20);

    second.kill("SIGINT");

    expect((await first).stdout).toContain("ready at");
    expect([0, 130]).toContain(await second.exited);
    expect((await place.stigmer(["server", "status"])).status).toBe(0);
  },
  SLOW_MS,
);

test.each([0, 5, 20, 60])(
  "SIGHUP to the command that starts a server, %d ms after its start, leaves a home that works",
  async (delayMs) => {
    await using place = ground();
    const starter = Bun.spawn([binary, "server", "--port", "0"], {
      cwd: place.home,
      env: environmentIn(place),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });

    await Bun.sleep(delayMs);
    starter.kill("SIGHUP");
    await starter.exited;
    const started = await place.stigmer(["server", "--port", "0"]);

    expect(started.stderr).not.toContain("error:");
    expect(started.status).toBe(0);
  },
  SLOW_MS,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s while a server stops does not keep it from stopping",
  async (signal) => {
    await using place = ground();
    await place.stigmer(["server", "--port", "0"]);
    const { pid } = await place.status();
    // It gets no turn to end before the command is interrupted.
    process.kill(pid, "SIGSTOP");
    const stopper = Bun.spawn([binary, "server", "stop"], {
      cwd: place.home,
      env: environmentIn(place),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    while (!isToldToEnd(pid)) await Bun.sleep(5);

    stopper.kill(signal);
    const said = await stopper.stderr.text();
    process.kill(pid, "SIGCONT");

    expect(await stopper.exited).toBe(signal === "SIGINT" ? 130 : 143);
    expect(said).toBe("warning: the server goes on stopping; nobody waits for it\n");
    await untilGone([pid]);
  },
  SLOW_MS,
);

/** Whether the process has been told to end, and has not taken it yet. */
function isToldToEnd(pid: number): boolean {
  const [, pending = "0"] =
    /^ShdPnd:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (BigInt(`0x${pending}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
}

test.each([
  ["standard output", ">&-"],
  ["standard error", "2>&-"],
  ["every stream", "<&- >&- 2>&-"],
])(
  "a start whose %s is closed starts a server that stop stops",
  async (_what, closed) => {
    await using place = ground();
    const shell = (words: string) =>
      run(["sh", "-c", `exec ${binary} ${words} ${closed}`], { home: place.home });

    await shell("server --port 0");
    const status = await place.status();
    await shell("server stop");

    expect(status.parts.every(({ state }) => state === "ready")).toBe(true);
    await untilGone(pidsOf(status));
  },
  SLOW_MS,
);

function environmentIn(place: Ground): Record<string, string> {
  const path = process.env["PATH"] ?? "";
  return { PATH: path, HOME: place.home, STIGMER_HOME: place.state };
}
