import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { binary, run } from "../multicall/compiled.ts";
import { ground } from "./started-server.ts";

/** Far longer than a test may take: what is known at once is not waited for. */
const START = ["server", "start", "--port", "0", "--timeout", "3600"];
const SLOW_MS = 60_000;

const pipe = (path: string) => void Bun.spawnSync(["mkfifo", path]);
const file = (path: string) => writeFileSync(path, "x\n");
const linkTo = (target: string) => (path: string) => symlinkSync(target, path);
const deadLink = linkTo("nowhere/at/all");

/** Something else lies where the server keeps a file of its own. */
test.each([
  ["a pipe", "run/server.lock", pipe, "is a pipe, not a file"],
  ["a pipe", "run/start.lock", pipe, "is a pipe, not a file"],
  ["a pipe", "run/workflow-runner.lock", pipe, "is a pipe, not a file"],
  ["a link", "run/workflow-runner.lock", deadLink, "is a link, not a file"],
  ["a pipe", "runners/.lock", pipe, "is a pipe, not a file"],
  ["a pipe", "logs/server.log", pipe, "is a pipe, not a file"],
  ["a dead link", "logs/server.log", deadLink, "is a link, not a file"],
  ["a pipe", "logs/workflow-runner.log", pipe, "is a pipe, not a file"],
  ["a pipe", "logs/agent-runner.log", pipe, "is a pipe, not a file"],
  ["a pipe", "token", pipe, '" is a pipe, not a file'],
  ["a link to a device", "token", linkTo("/dev/zero"), '" is a device, not a file'],
  ["a dead link", "token", deadLink, "is a link that leads nowhere"],
  ["a pipe", "data/stigmer.db", pipe, "can't be opened: disk I/O error"],
  ["a pipe", "data/journal.db", pipe, "\" can't be opened: disk I/O error"],
  ["a file", "data/blobs", file, "can't be used: a file is where a folder belongs"],
] as const)(
  "%s in the place of %s ends a start with its name, and keeps no command waiting",
  async (_kind, name, make, sentence) => {
    await using place = ground();
    const path = join(place.state, name);
    mkdirSync(place.state, { mode: 0o700 });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    make(path);

    const refused = await place.stigmer(START);
    const status = await place.stigmer(["server", "status"]);
    const doctor = await place.stigmer(["doctor"]);

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: /m);
    expect(refused.stderr).toContain(`${path}${sentence.startsWith('"') ? "" : " "}${sentence}`);
    expect(refused.stderr).toMatch(/^hint: (move|remove|see|check) /m);
    expect(status.status).toBe(3);
    expect(doctor.stdout).toContain("locks");

    rmSync(path);
    expect(await place.stigmer(START)).toMatchObject({ status: 0 });
  },
  SLOW_MS,
);

test(
  "logs names a pipe in the place of a log, and shows the others",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    await place.stigmer(["server", "stop"]);
    const path = join(place.state, "logs/agent-runner.log");
    rmSync(path);
    pipe(path);

    const all = await place.stigmer(["server", "logs"]);
    const followed = await place.stigmer(["server", "logs", "-f"]);
    const other = await place.stigmer(["server", "logs", "-c", "server"]);

    for (const { status, stderr } of [all, followed]) {
      expect(status).toBe(1);
      expect(stderr).toStartWith(`error: ${path} is a pipe, not a file\n`);
    }
    expect(other).toMatchObject({ status: 0, stdout: expect.stringContaining("stopped") });
  },
  SLOW_MS,
);

test(
  "pipes that appear under a running server keep neither doctor nor status waiting",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    for (const name of ["runners/.lock", "run/start.lock", "token"]) {
      rmSync(join(place.state, name), { force: true });
      pipe(join(place.state, name));
    }

    const doctor = await place.stigmer(["doctor"]);
    const list = await place.stigmer(["list", "agents"]);
    const stopped = await place.stigmer(["server", "stop"]);

    for (const name of ["runners/.lock", "run/start.lock"]) {
      const path = join(place.state, name);
      expect(doctor.stdout).toContain(`${path} is a pipe, not a file`);
      expect(doctor.stdout).toContain(`mv ${path} ${path}.old`);
    }
    expect(list.status).toBe(4);
    expect(stopped).toMatchObject({ status: 0, stdout: expect.stringContaining("stopped") });
  },
  SLOW_MS,
);

test(
  "too few open files end a start with what raises them",
  async () => {
    await using place = ground();
    const command = `ulimit -n 20; exec ${binary} ${START.join(" ")}`;

    const refused = await run(["sh", "-c", command], { home: place.home });

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/too many (?:open files|files are open)/);
    expect(refused.stderr).toContain("hint: raise the limit of `ulimit -n`");
  },
  SLOW_MS,
);

test(
  "a setting that the agent-runner can't take ends a start with its name",
  async () => {
    await using place = ground();

    const refused = await place.stigmer(START, {
      environment: { STIGMER_LLM_STALL_TIMEOUT: "banana" },
    });

    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain(
      'error: agent-runner can\'t start: STIGMER_LLM_STALL_TIMEOUT is "banana"',
    );
  },
  SLOW_MS,
);

test(
  "a start waits for a workflow-runner that was killed and backs off",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const kill = async (): Promise<void> => {
      const [part] = (await place.status()).parts;
      process.kill(part?.pid ?? 0, "SIGKILL");
      await place.until(({ parts }) => parts[0]?.pid !== part?.pid);
    };

    // The second time it waits longer before it is started again.
    await kill();
    await place.until(({ parts }) => parts[0]?.state === "ready");
    await kill();
    const again = await place.stigmer(START);
    const status = await place.stigmer(["server", "status", "--json"]);

    expect(again).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("already running at"),
    });
    expect(JSON.parse(status.stdout)).toMatchObject({
      status: "ready",
      parts: [{ state: "ready", restarts: 2, lastError: "was ended by SIGKILL" }, {}],
    });
    const log = readFileSync(join(place.state, "logs/server.log"), "utf8");
    expect(`${status.stdout}${log}`).not.toContain("verbose");
  },
  SLOW_MS,
);

test(
  "what a part said before it ended again is in the status, under a server that was ready",
  async () => {
    await using place = ground();
    await place.stigmer(START);
    const blobs = join(place.state, "data/blobs");
    rmSync(blobs, { recursive: true, force: true });
    file(blobs);

    const [part] = (await place.status()).parts;
    process.kill(part?.pid ?? 0, "SIGKILL");
    await place.until(({ parts }) => parts[0]?.lastError?.includes(blobs) ?? false);
    const start = place.stigmer([...START.slice(0, -1), "1"]);

    expect((await start).stderr).toContain(`${blobs} can't be used`);
    rmSync(blobs);
    await place.until(({ parts }) => parts[0]?.state === "ready");
    expect(existsSync(blobs)).toBe(true);
  },
  SLOW_MS,
);
