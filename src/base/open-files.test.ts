import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isLocked, tryLock } from "./file-lock.ts";
import { hasOpen, kernelLockHolders } from "./open-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-open-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(process.platform !== "linux")("on Linux", () => {
  test("a process has open what it opened, and nothing else", () => {
    const [path, other] = [join(folder, "a"), join(folder, "b")];
    writeFileSync(other, "");
    const descriptor = openSync(path, "w");

    const found = [path, other, join(folder, "none")].map((file) => hasOpen(process.pid, file));
    closeSync(descriptor);

    expect(found).toEqual([true, false, false]);
    expect(hasOpen(process.pid, path)).toBe(false);
    expect(hasOpen(999_999_999, path)).toBe(false);
  });

  test("the kernel names who has a lock, and nobody who only looks", () => {
    const path = join(folder, "lock");
    const before = { locked: isLocked(path), holders: kernelLockHolders(path) };
    const held = tryLock(path);

    const during = { locked: isLocked(path), holders: kernelLockHolders(path) };
    held?.release();
    const after = { locked: isLocked(path), holders: kernelLockHolders(path) };

    expect(before).toEqual({ locked: false, holders: [] });
    expect(during).toEqual({ locked: true, holders: [process.pid] });
    expect(after).toEqual({ locked: false, holders: [] });
  });
});

test("looking at a lock makes no file and leaves no name in it", async () => {
  const path = join(folder, "lock");
  writeFileSync(path, "as it was");

  isLocked(path);
  isLocked(join(folder, "none"));

  expect(await Bun.file(path).text()).toBe("as it was");
  expect(await Bun.file(join(folder, "none")).exists()).toBe(false);
});
