import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { runnerCommand } from "../../src/release/runner-command.ts";
import { binary, run } from "../multicall/compiled.ts";
import { ground } from "./started-server.ts";

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

test(
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
