import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isLocked, lock, lockHolder, LockTimedOut, tryLock } from "./file-lock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A child that takes the lock, says so, and keeps it until it is killed. */
async function holderOf(path: string): Promise<Bun.Subprocess<"ignore", "pipe">> {
  const child = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import { lock } from ${JSON.stringify(join(import.meta.dir, "file-lock.ts"))};
       await lock(${JSON.stringify(path)}, { timeoutMs: 5000 });
       Bun.spawn(["sleep", "3"], { stdin: "ignore", stdout: "ignore", detached: true }).unref();
       console.log("held"); setInterval(() => {}, 1000);`,
    ],
    { stdin: "ignore", stdout: "pipe" },
  );
  for await (const chunk of child.stdout) if (chunk.length > 0) break;
  return child;
}

test("is held once, and again after its release", () => {
  const path = join(folder, "a.lock");

  const first = tryLock(path);
  const second = tryLock(path);
  first?.release();
  const third = tryLock(path);

  expect(first).toBeDefined();
  expect(second).toBeUndefined();
  expect(third).toBeDefined();
  third?.release();
});

test("is free as soon as its holder is killed, although a child of the holder lives on", async () => {
  const path = join(folder, "a.lock");
  const holder = await holderOf(path);
  expect(tryLock(path)).toBeUndefined();
  expect(lockHolder(path)?.pid).toBe(holder.pid);

  holder.kill("SIGKILL");
  await holder.exited;

  const held = tryLock(path);
  expect(held).toBeDefined();
  held?.release();
});

test("a pipe in the place of the file is named, and keeps nobody who looks waiting", () => {
  const path = join(folder, "a.lock");
  Bun.spawnSync(["mkfifo", path]);

  expect(() => tryLock(path)).toThrow(`${path} is a pipe, not a file`);
  expect(isLocked(path)).toBe(false);
  expect(lockHolder(path)).toBeUndefined();
});

test("names the holder to who waits, and gives up in a sentence", async () => {
  const path = join(folder, "a.lock");
  const holder = await holderOf(path);
  const heard: (number | undefined)[] = [];

  const waiting = lock(path, { timeoutMs: 1_200, onWait: (who) => heard.push(who?.pid) });

  expect(waiting).rejects.toThrow(`process ${holder.pid} has held ${path}`);
  expect(await waiting.catch((error: unknown) => error)).toBeInstanceOf(LockTimedOut);
  expect(heard).toEqual([holder.pid]);
  holder.kill("SIGKILL");
  await holder.exited;
});

test("stops to wait as soon as the one who waits gives up", async () => {
  const path = join(folder, "a.lock");
  const held = tryLock(path);
  const controller = new AbortController();

  const waiting = lock(path, { timeoutMs: 60_000, signal: controller.signal }).catch(String);
  controller.abort(new Error("enough"));

  expect(await waiting).toBe("Error: enough");
  held?.release();
});

test("does not follow a link put in the place of its file", () => {
  const path = join(folder, "a.lock");
  writeFileSync(join(folder, "victim"), "keep me");
  symlinkSync("victim", path);

  expect(() => tryLock(path)).toThrow();
});

test("is held although its file takes no name, and free again after its release", () => {
  const source = `
    import { tryLock } from ${JSON.stringify(join(import.meta.dir, "file-lock.ts"))};
    const first = tryLock("a.lock");
    first.release();
    console.log(tryLock("a.lock") !== undefined);`;
  writeFileSync(join(folder, "try.ts"), source);

  const script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" try.ts";
  const tried = Bun.spawnSync(["sh", "-c", script, process.execPath], { cwd: folder });

  expect(tried.stderr.toString()).toBe("");
  expect(tried.stdout.toString()).toBe("true\n");
});
