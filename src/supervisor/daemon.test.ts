import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tryLock } from "../base/file-lock.ts";
import { pathsOf } from "../base/paths.ts";
import { identityOf, ownIdentity } from "../base/process-identity.ts";
import { daemonState, startDaemon } from "./daemon.ts";
import { holdServerLock, writeServerHint } from "./server-state.ts";
import { stopDaemon } from "./stop-daemon.ts";

let paths = pathsOf("/nowhere");
beforeEach(() => {
  paths = pathsOf(mkdtempSync(join(tmpdir(), "stigmer-daemon-")));
});
afterEach(async () => {
  await stopDaemon(paths, { graceMs: 0 });
  rmSync(paths.home, { recursive: true });
});

/** A small server that keeps to the rules of the real one. */
function server(extra = ""): string[] {
  const source = `
    import { pathsOf } from ${JSON.stringify(join(import.meta.dir, "../base/paths.ts"))};
    import { ownIdentity } from ${JSON.stringify(join(import.meta.dir, "../base/process-identity.ts"))};
    import { holdServerLock, writeServerHint } from ${JSON.stringify(join(import.meta.dir, "server-state.ts"))};
    const paths = pathsOf(process.env.STIGMER_HOME);
    await holdServerLock(paths);
    ${extra}
    const { url } = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
    writeServerHint(paths, { ...ownIdentity(), url: url.href, version: "dev", startedAt: new Date().toISOString() });`;
  return [process.execPath, "-e", source];
}
const start = (command = server()) =>
  startDaemon(paths, { args: [], command, environment: {}, timeoutMs: 20_000 });

test("starts once, also when two ask at the same time, and stops", async () => {
  const [one, other] = await Promise.all([start(), start()]);

  expect(one.alreadyRunning).toBe(!other.alreadyRunning);
  expect(one.hint).toEqual(other.hint);
  expect(daemonState(paths)).toEqual({ state: "running", hint: one.hint });

  const stop = await stopDaemon(paths, { graceMs: 5_000 });
  expect(stop).toEqual({ stopped: true, pid: one.hint.pid, forced: false });
  expect(identityOf(one.hint.pid)).toBeUndefined();
  expect(await stopDaemon(paths, { graceMs: 5_000 })).toEqual({ stopped: false });
});

test("kills a server that does not end within the grace", async () => {
  const { hint } = await start(server('process.on("SIGTERM", () => {});'));

  expect(await stopDaemon(paths, { graceMs: 50 })).toEqual({
    stopped: true,
    pid: hint.pid,
    forced: true,
  });
});

const isLinux = process.platform === "linux";
test.skipIf(!isLinux)("says so when a killed server leaves its lock behind", async () => {
  // What inherits the descriptor keeps the lock of the dead.
  const { hint } = await start(
    server(`
      const { readdirSync, readlinkSync } = await import("node:fs");
      const isLock = (fd) => { try { return readlinkSync("/proc/self/fd/" + fd).endsWith("server.lock"); } catch { return false; } };
      const lock = Number(readdirSync("/proc/self/fd").find(isLock));
      const heir = Bun.spawn(["sleep", "60"], { detached: true, stdio: ["ignore", "ignore", "ignore", lock] });
      await Bun.write(paths.run + "/heir", String(heir.pid));
      process.on("SIGTERM", () => {});`),
  );
  const heir = Number(await Bun.file(join(paths.run, "heir")).text());

  const stopping = stopDaemon(paths, { graceMs: 50, killedMs: 100 });

  expect(stopping).rejects.toThrow(
    `the server (process ${hint.pid}) was killed, but something that it started keeps its lock`,
  );
  await stopping.catch(() => {});
  process.kill(heir, "SIGKILL");
  while (identityOf(heir)) await Bun.sleep(5);
});

test("shows the last words of a server that ends while it starts", async () => {
  const failing = start([
    process.execPath,
    "-e",
    'console.error("port 7234 is taken"); process.exit(3)',
  ]);

  expect(failing).rejects.toMatchObject({
    message: "the server ended while it started (status 3)",
    issues: [{ message: "info port 7234 is taken" }],
  });
  await failing.catch(() => {});
});

test("starts again after a crash left everything behind", async () => {
  const { hint } = await start();
  process.kill(hint.pid, "SIGKILL");
  while (identityOf(hint.pid)) await Bun.sleep(5);
  expect(daemonState(paths)).toEqual({ state: "stale", hint });

  const again = await start();

  expect(again.alreadyRunning).toBe(false);
  expect(again.hint.pid).not.toBe(hint.pid);
});

test("stop forgets a server that was killed", async () => {
  const { hint } = await start();
  process.kill(hint.pid, "SIGKILL");
  while (identityOf(hint.pid)) await Bun.sleep(5);

  const stop = await stopDaemon(paths, { graceMs: 5_000 });

  expect(stop).toEqual({ stopped: false });
  expect(daemonState(paths)).toEqual({ state: "stopped" });
});

test.each([
  ["an empty file", ""],
  ["garbage", "\u0000\u0000{"],
  ["another shape", '{"pid":"1"}'],
])("a hint that is %s is as good as none", async (_what, text) => {
  mkdirSync(paths.run, { recursive: true });
  writeFileSync(join(paths.run, "server.json"), text);
  expect(daemonState(paths)).toEqual({ state: "stopped" });

  const { alreadyRunning } = await start();

  expect(alreadyRunning).toBe(false);
});

test("pipes in the place of its files keep nobody waiting", async () => {
  mkdirSync(paths.logs, { recursive: true });
  mkdirSync(paths.run, { recursive: true });
  const hint = join(paths.run, "server.json");
  const log = join(paths.logs, "server.log");
  Bun.spawnSync(["mkfifo", hint, log]);

  const starting = start();

  expect(starting).rejects.toThrow(`${log} is a pipe, not a file`);
  await starting.catch(() => {});
  expect(daemonState(paths)).toEqual({ state: "stopped" });
});

test("never signals a stranger that got the server's number", async () => {
  const stranger = Bun.spawn(["sleep", "60"]);
  mkdirSync(paths.run, { recursive: true });
  const held = tryLock(join(paths.run, "server.lock"));
  writeServerHint(paths, {
    pid: stranger.pid,
    startTime: "1@00000000",
    url: "http://127.0.0.1:1",
    version: "dev",
    startedAt: new Date().toISOString(),
  });
  writeFileSync(join(paths.run, "server.lock"), "");

  expect(stopDaemon(paths, { graceMs: 100 })).rejects.toThrow("nothing says which process it is");
  await stopDaemon(paths, { graceMs: 100 }).catch(() => {});

  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
  held?.release();
  stranger.kill("SIGKILL");
  await stranger.exited;
});

test("a second server on the same home is refused", async () => {
  const held = await holdServerLock(paths);

  expect(holdServerLock(paths)).rejects.toMatchObject({ code: "conflict" });
  await holdServerLock(paths).catch(() => {});

  held.release();
  expect(ownIdentity().pid).toBe(process.pid);
});
