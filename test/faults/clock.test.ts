import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { type Ground, ground } from "./started-server.ts";

const SLOW_MS = 60_000;
const YEAR_SECONDS = 365 * 24 * 3_600;
const WAIT_SECONDS = 2;

const folder = mkdtempSync(join(tmpdir(), "stigmer-clock-"));
const library = join(folder, "clock.so");
const canSetClock = buildLibrary();
afterAll(() => rmSync(folder, { recursive: true }));

/** The wall clock of one process and its children is moved, as an administrator would move that of the machine. */
function buildLibrary(): boolean {
  const compiler = Bun.which("cc");
  const source = join(import.meta.dir, "set-clock.c");
  const isBuilt =
    process.platform === "linux" &&
    compiler !== null &&
    Bun.spawnSync([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"]).success;
  if (!isBuilt) console.warn("skipped: without a C compiler on Linux no test can set the clock");
  return isBuilt;
}

/** A home whose processes have a clock that the test sets. */
function groundWithClock() {
  const offset = join(mkdtempSync(join(folder, "home-")), "offset");
  writeFileSync(offset, "0");
  const place = ground({ LD_PRELOAD: library, CLOCK_OFFSET_FILE: offset });
  return { ...place, setClock: (seconds: number) => writeFileSync(offset, String(seconds)) };
}

const WORKFLOW = (seconds: number) => `
document: { dsl: 1.0.3, namespace: default, name: nap-${seconds}, version: 1.0.0 }
timeout: { after: { days: 300 } }
do:
  - nap: { wait: { seconds: ${seconds} } }
  - again: { wait: { seconds: ${WAIT_SECONDS} } }
`;

/** Applies a workflow that waits twice, and starts it. */
async function startNap(place: Ground, seconds: number): Promise<string> {
  const file = join(place.home, "nap.yaml");
  writeFileSync(file, WORKFLOW(seconds));
  await place.stigmer(["apply", "-f", file]);
  const started = await place.stigmer(["run", `nap-${seconds}`, "--detach", "--json"]);
  return z.object({ id: z.string() }).parse(JSON.parse(started.stdout)).id;
}

async function statusOf(place: Ground, id: string): Promise<string> {
  const { stdout } = await place.stigmer(["runs", "get", id, "--json"]);
  return z.object({ status: z.string() }).parse(JSON.parse(stdout)).status;
}

async function untilEnded(place: Ground, id: string): Promise<string> {
  for (;;) {
    const status = await statusOf(place, id);
    if (!["pending", "running"].includes(status)) return status;
    await Bun.sleep(100);
  }
}

const YEARS: [string, number][] = [
  ["forward", YEAR_SECONDS],
  ["back", -YEAR_SECONDS],
];

test.skipIf(!canSetClock).each(YEARS)(
  "a clock that jumps a year %s under a running server ends no wait early and lets each end",
  async (_where, seconds) => {
    await using place = groundWithClock();
    await place.stigmer(["server", "--port", "0"]);
    const before = await place.status();
    const short = await startNap(place, WAIT_SECONDS);
    const long = await startNap(place, 300 * 24 * 3_600);

    place.setClock(seconds);
    const ended = await untilEnded(place, short);

    expect(ended).toBe("completed");
    expect(await statusOf(place, long)).toBe("running");
    expect(await place.status()).toMatchObject({ pid: before.pid, url: before.url });
  },
  SLOW_MS,
);

test.skipIf(!canSetClock)(
  "a clock that was set back a year over a restart lets each wait end",
  async () => {
    await using place = groundWithClock();
    await place.stigmer(["server", "--port", "0"]);
    const run = await startNap(place, 2 * WAIT_SECONDS);

    place.setClock(-YEAR_SECONDS);
    const restarted = await place.stigmer(["server", "restart", "--port", "0"]);

    expect(restarted.status).toBe(0);
    expect(await untilEnded(place, run)).toBe("completed");
  },
  SLOW_MS,
);

test.skipIf(!canSetClock).each(YEARS)(
  "a part that is killed after the clock jumped a year %s comes back, and the log shows it",
  async (_where, seconds) => {
    await using place = groundWithClock();
    await place.stigmer(["server", "--port", "0"]);

    place.setClock(seconds);
    for (const restarts of [1, 2]) {
      const [part] = (await place.status()).parts;
      process.kill(part?.pid ?? 0, "SIGKILL");
      await place.until(
        ({ parts }) => parts[0]?.restarts === restarts && parts[0].state === "ready",
      );
    }
    const logs = await place.stigmer(["server", "logs", "-n", "2"]);
    const stopped = await place.stigmer(["server", "stop"]);

    expect(logs.stdout).toContain("workflow-runner is ready");
    expect(stopped.stdout).toContain("server stopped");
  },
  SLOW_MS,
);
