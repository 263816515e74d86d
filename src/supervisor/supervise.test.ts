import { expect, test } from "bun:test";

import { StigmerError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import type { PartEnd, PartProcess } from "./part-process.ts";
import { supervise, type Supervisor, type SupervisorWorld } from "./supervise.ts";

/** How one process of the part behaves. */
interface Life {
  /** Milliseconds after which it ends by itself. */
  endsAfterMs?: number;
  /** Milliseconds after which it stops answering. */
  deafAfterMs?: number;
  /** Milliseconds after which it is a zombie that nobody collects. */
  zombieAfterMs?: number;
  readyAfterMs?: number;
  ignoresSigterm?: boolean;
  end?: PartEnd;
}

/** A world with a clock that jumps to the next thing that is due, so that hours pass in a moment. */
function fakeWorld(lives: Life[]) {
  let nowMs = 0;
  const startsMs: number[] = [];
  const signals: string[] = [];
  let current: { life: Life; bornMs: number; end: (end: PartEnd) => void } | undefined;
  const timers: { dueMs: number; fire: () => void }[] = [];
  const at = (dueMs: number, fire: () => void) => timers.push({ dueMs, fire });

  const world: SupervisorWorld = {
    start: (): PartProcess => {
      const life = lives[startsMs.length] ?? {};
      startsMs.push(nowMs);
      const { promise, resolve } = Promise.withResolvers<PartEnd>();
      const born = { life, bornMs: nowMs, end: resolve };
      current = born;
      if (life.endsAfterMs !== undefined) {
        at(nowMs + life.endsAfterMs, () =>
          resolve({ message: "exited with status 1", isFinal: false, ...life.end }),
        );
      }
      return {
        pid: 100 + startsMs.length,
        ended: promise,
        isAlive: () => life.zombieAfterMs === undefined || nowMs - born.bornMs < life.zombieAfterMs,
        kill: (signal) => {
          signals.push(signal);
          if (life.zombieAfterMs !== undefined) return;
          if (signal === "SIGKILL" || !life.ignoresSigterm)
            resolve({ message: `was ended by ${signal}`, isFinal: false });
        },
      };
    },
    probe: async (_socket, path) => {
      if (!current) return "nobody listens";
      const ageMs = nowMs - current.bornMs;
      if (ageMs >= (current.life.deafAfterMs ?? Infinity)) return `${path} did not answer`;
      return path === "/readyz" && ageMs < (current.life.readyAfterMs ?? 0) ? "503" : undefined;
    },
    removeSocket: async () => {},
    nowMs: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        at(nowMs + durationMs, resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (signal.aborted) resolve();
      }),
  };
  /** Lets time pass until `done` or nothing is due any more. */
  async function pass(done: () => boolean): Promise<void> {
    for (let turns = 0; turns < 100_000 && !done(); turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      timers.sort((a, b) => a.dueMs - b.dueMs);
      const next = timers.shift();
      if (!next) continue;
      nowMs = Math.max(nowMs, next.dueMs);
      next.fire();
    }
  }
  return { world, pass, startsMs, signals, nowMs: () => nowMs };
}

function start(world: SupervisorWorld, command = async () => ["part"]): Supervisor {
  const supervisor = supervise([{ name: "part", command, environment: {}, socket: "/s" }], {
    log: createLog("test", () => {}),
    onLine: () => {},
    folder: "/",
    world,
  });
  supervisor.start().catch(() => {});
  return supervisor;
}
const stateOf = (supervisor: Supervisor) => supervisor.status()[0]?.state;

test("waits longer before each restart, and gives up after ten", async () => {
  const { world, pass, startsMs } = fakeWorld(
    Array.from({ length: 20 }, () => ({ endsAfterMs: 0, readyAfterMs: Infinity })),
  );

  const supervisor = start(world);
  const ready = supervisor.start();
  ready.catch(() => {});
  await pass(() => stateOf(supervisor) === "failed");

  const waits = startsMs.slice(1).map((ms, index) => Math.round((ms - startsMs[index]!) / 1000));
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  expect(supervisor.status()).toEqual([
    { name: "part", state: "failed", restarts: 10, lastError: "exited with status 1" },
  ]);
  expect(ready).rejects.toThrow("part exited with status 1");
});

const damaged = { message: "the journal is damaged", hint: "put it back", isFinal: true };

test("gives up at once on a part that says that another try is no use", async () => {
  const { world, pass, startsMs } = fakeWorld([
    { endsAfterMs: 10, readyAfterMs: Infinity, end: damaged },
  ]);

  const supervisor = start(world);
  const ready = supervisor.start();
  ready.catch(() => {});
  await pass(() => stateOf(supervisor) === "failed");

  expect(startsMs).toHaveLength(1);
  expect(supervisor.status()[0]?.lastError).toBe("the journal is damaged");
  expect(ready).rejects.toMatchObject({
    message: "part the journal is damaged",
    hint: "put it back",
  });
});

test("tries a part again that was ready before, whatever it says", async () => {
  const { world, pass, startsMs } = fakeWorld([
    { endsAfterMs: 5_000 },
    { endsAfterMs: 0, readyAfterMs: Infinity, end: damaged },
    {},
  ]);

  const supervisor = start(world);
  await pass(() => startsMs.length === 3 && stateOf(supervisor) === "ready");

  expect(supervisor.status()[0]).toMatchObject({ restarts: 2, lastError: damaged.message });
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test("gives up at once when there is nothing to start, and says what would help", async () => {
  const { world, pass } = fakeWorld([]);

  const supervisor = start(world, async () => {
    throw new StigmerError("failed", "the disk is full", { hint: "make room" });
  });
  const ready = supervisor.start();
  ready.catch(() => {});
  await pass(() => stateOf(supervisor) === "failed");

  expect(ready).rejects.toMatchObject({
    message: "part could not be started: the disk is full",
    hint: "make room",
  });
});

test("starts with a short wait again after a process that was ready for a minute", async () => {
  const brief = { endsAfterMs: 10 };
  const { world, pass, startsMs } = fakeWorld([brief, brief, { endsAfterMs: 120_000 }, brief, {}]);

  const supervisor = start(world);
  await pass(() => startsMs.length === 4);

  expect(Math.round((startsMs[3]! - startsMs[2]! - 120_000) / 1000)).toBe(1);
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test("replaces a process that no longer answers", async () => {
  const { world, pass, signals, startsMs } = fakeWorld([{ deafAfterMs: 10_000 }, {}]);

  const supervisor = start(world);
  await pass(() => startsMs.length === 2 && stateOf(supervisor) === "ready");

  expect(signals).toEqual(["SIGKILL"]);
  expect(supervisor.status()[0]).toMatchObject({ restarts: 1, pid: 102 });
  expect(supervisor.status()[0]?.lastError).toContain("is deaf: /healthz did not answer");
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test("replaces a zombie", async () => {
  const { world, pass, startsMs } = fakeWorld([{ zombieAfterMs: 5_000 }, {}]);

  const supervisor = start(world);
  await pass(() => startsMs.length === 2 && stateOf(supervisor) === "ready");

  expect(supervisor.status()[0]?.lastError).toContain("zombie");
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test("gives up waiting for a process that never gets ready", async () => {
  const { world, pass, startsMs } = fakeWorld([{ readyAfterMs: Infinity }, {}]);

  const supervisor = start(world);
  await pass(() => startsMs.length === 2 && stateOf(supervisor) === "ready");

  expect(supervisor.status()[0]?.lastError).toBe("was not ready within 60 s");
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test("kills what ignores SIGTERM once the grace is over", async () => {
  const { world, pass, signals } = fakeWorld([{ ignoresSigterm: true }]);
  const supervisor = start(world);
  await pass(() => stateOf(supervisor) === "ready");

  let stopped = false;
  void supervisor.stop().then(() => (stopped = true));
  await pass(() => stopped);

  expect(signals).toEqual(["SIGTERM", "SIGKILL"]);
  expect(stateOf(supervisor)).toBe("stopped");
});

test("tries again when the program could not be made ready to start", async () => {
  const { world, pass, startsMs } = fakeWorld([{}]);
  let asked = 0;
  const command = async () => {
    asked += 1;
    if (asked === 1) throw new Error("the disk is full");
    return ["part"];
  };

  const supervisor = start(world, command);
  await pass(() => stateOf(supervisor) === "ready");

  expect(startsMs).toHaveLength(1);
  expect(supervisor.status()[0]).toMatchObject({
    restarts: 1,
    lastError: "could not be started: the disk is full",
  });
  await Promise.all([supervisor.stop(), pass(() => stateOf(supervisor) === "stopped")]);
});

test.each(["command", "removeSocket"] as const)(
  "starts nothing when it is stopped while it waits for %s",
  async (step) => {
    const { world, pass, startsMs } = fakeWorld([{}]);
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const hold = () => {
      reached.resolve();
      return held.promise;
    };
    const isSocket = step === "removeSocket";
    const supervisor = start(isSocket ? { ...world, removeSocket: hold } : world, async () => {
      if (!isSocket) await hold();
      return ["part"];
    });
    await reached.promise;

    let stopped = false;
    void supervisor.stop().then(() => (stopped = true));
    held.resolve();
    await pass(() => stopped);

    expect(startsMs).toEqual([]);
    expect(stateOf(supervisor)).toBe("stopped");
  },
);
