import { afterAll, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { ground } from "../faults/started-server.ts";
import { binary } from "../multicall/compiled.ts";

const root = resolve(import.meta.dir, "../..");
const SLOW_MS = 120_000;
const prefix = mkdtempSync(join(tmpdir(), "stigmer-prefix-"));
afterAll(() => rmSync(prefix, { recursive: true }));

/** A verb of the Makefile, as a developer types it, for a home of its own. */
async function make(place: { home: string; state: string }, ...words: string[]) {
  const child = Bun.spawn(["make", "--no-print-directory", ...words, `PREFIX=${prefix}`], {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return { status: child.exitCode, stdout, stderr };
}

test("make help lists every verb with a line", async () => {
  await using place = ground();

  const { stdout } = await make(place, "help");

  const verbs = stdout.split("\n").map((line) => line.split(" ")[0]);
  const wanted =
    "setup build build-agent-runner install-agent-runner install release-local release-local-full " +
    "demo dev test check fmt bench clean ci";
  for (const verb of wanted.split(" ")) {
    expect(verbs).toContain(verb);
  }
});

test(
  "release-local installs the binary and its names, and reuses the runner that is there",
  async () => {
    await using place = ground();
    const runner = join(root, "dist/agent-runner");
    const before = lstatSync(runner).ino;

    const made = await make(place, "release-local");

    expect(made.status).toBe(0);
    expect(made.stdout).toContain(`installed  ${join(prefix, "stigmer")}  dev`);
    expect(made.stdout).not.toContain("dist/agent-runner");
    expect(lstatSync(runner).ino).toBe(before);
    for (const name of ["stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"]) {
      expect(readlinkSync(join(prefix, name))).toBe("stigmer");
    }
    const answer = await place.stigmer(["version"], { binary: join(prefix, "stigmer") });
    expect(answer.stdout).toStartWith("stigmer dev");
    expect(existsSync(place.state)).toBe(false);
  },
  SLOW_MS,
);

test(
  "a runner that was built by hand reaches a running server by a restart, until it is reset",
  async () => {
    await using place = ground();
    await place.stigmer(["server", "--port", "0"]);

    const made = await make(place, "install-agent-runner");
    const restarted = await place.stigmer(["server", "restart"]);
    const logs = readFileSync(join(place.state, "logs/server.log"), "utf8");
    const list = await place.stigmer(["runner", "list", "--json"]);
    await place.stigmer(["runner", "reset"]);

    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain(`installed  ${join(place.state, "runners")}`);
    expect(restarted.status).toBe(0);
    expect(logs).toContain("using the chosen agent-runner dev (local)");
    const used = JSON.parse(list.stdout).runners.filter(({ roles }: { roles: string[] }) =>
      roles.includes("current"),
    );
    expect(used).toMatchObject([{ source: "local", version: "dev", verdict: "good" }]);
    expect(existsSync(join(place.state, "runners/pinned"))).toBe(false);
  },
  SLOW_MS,
);

test(
  "the version that is noted is mended when it is wrong, and no separate server program is installed",
  async () => {
    await using place = ground();
    await place.stigmer(["agent-runner", "--version"]);
    writeFileSync(join(place.state, "bin/.version"), "v0.0.0\n");

    await place.stigmer(["server", "--port", "0"]);

    expect(readFileSync(join(place.state, "bin/.version"), "utf8")).toBe("dev\n");
    const status = await place.status();
    const commands = [status.pid, ...status.parts.map(({ pid }) => pid ?? 0)].map((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"),
    );
    expect(commands.map(([file]) => file)).toEqual([binary, binary, binary]);
    expect(commands.map(([, word]) => word)).toEqual([
      "internal-server",
      "internal-workflow-runner",
      "--no-env-file",
    ]);
  },
  SLOW_MS,
);

test("VERSION must be a version", async () => {
  await using place = ground();

  const { status, stderr } = await make(place, "build", "VERSION=tomorrow");

  expect(status).not.toBe(0);
  expect(stderr).toContain('VERSION is "tomorrow", which is not a version');
});
